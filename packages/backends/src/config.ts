/** What the backends' native libraries take from the environment. */
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { places } from "@tributary/platform";

/** Where `npm run install:tensorflow` installs and the compute process looks: absolute, of the operator's choice. */
export function tensorflowFolder(environment: NodeJS.ProcessEnv = process.env): string {
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
