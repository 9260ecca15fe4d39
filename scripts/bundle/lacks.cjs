/** Prints which of the bundle's library folders this system needs: `runtime` for Dawn, `vulkan` for the Vulkan loader. */
const { join } = require("node:path");

const dawn = join(__dirname, `../packages/backends/node_modules/webgpu/dist/linux-${process.arch}/dawn.node`);
const opens = (library) => {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    // A library that is not a Node module was still found and loaded.
    return String(error).includes("self-register");
  }
};
if (!opens(dawn)) console.log("runtime");
if (!opens("libvulkan.so.1")) console.log("vulkan");
process.exit(0);
