/** What the backends and their native libraries take from the environment. Loads no library. */
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { places } from "@tributary/platform";
import { type Environment, folder, oneOf } from "@tributary/platform/environment";

/** Which backend a program opens. */
export const computeBackend = oneOf(["auto", "tensorflow", "webgpu", "wasm", "cpu"], {
  description:
    'The backend of the compute process. "auto" takes the first that loads and reproduces known numbers; ' +
    "`npm run doctor` shows which.",
  default: "auto",
  example: "wasm",
});

/** Where TensorFlow's own library is. */
export const tensorflowVariable = folder({
  description:
    "TensorFlow's own library, where `npm run install:tensorflow` puts it. Not set: `tensorflow` in TRIBUTARY_HOME.",
  default: join(places.home, "tensorflow"),
  example: "/opt/tributary-tensorflow",
});

/** Where `npm run install:tensorflow` installs and the compute process looks: an absolute path. */
export function tensorflowFolder(environment: Environment = process.env): string {
  const { TRIBUTARY_TENSORFLOW: own, TRIBUTARY_HOME: home } = environment;
  return resolve(own?.trim() || join(home?.trim() || places.home, "tensorflow"));
}

/** Set before the library is loaded, where the operator has not; see TensorFlow's own documentation of each. */
export function setTensorflowDefaults(): void {
  setDefaults({
    // Warnings of start-up go to stderr otherwise, a dozen lines on a healthy machine.
    TF_CPP_MIN_LOG_LEVEL: "2",
    // The whole card is taken at start otherwise.
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    // A resumed synthesis must give the same bytes.
    TF_DETERMINISTIC_OPS: "1",
  });
}

/** The Vulkan loader complains on stderr where there is no such folder; nothing is put into it. */
export function setVulkanDefaults(): void {
  setDefaults({ XDG_RUNTIME_DIR: tmpdir() });
}

function setDefaults(defaults: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;
}
