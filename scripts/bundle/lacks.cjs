/** Prints which of the bundle's folders of libraries this system needs: `runtime` for Dawn, `vulkan` for its loader. */
const { join } = require("node:path");

const dawn = join(__dirname, `../packages/backends/node_modules/webgpu/dist/linux-${process.arch}/dawn.node`);
const opens = (library) => {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    // What is no module of Node's still was found and loaded.
    return String(error).includes("self-register");
  }
};
if (!opens(dawn)) console.log("runtime");
if (!opens("libvulkan.so.1")) console.log("vulkan");
process.exit(0);
