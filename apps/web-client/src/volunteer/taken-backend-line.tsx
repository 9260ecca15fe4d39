import type { TakenBackend } from "./trainer-client.ts";

const names = { webgpu: "WebGPU", webgl: "WebGL", wasm: "WebAssembly", cpu: "plain JavaScript" } as const;

/** Which backend trains here, and why the faster ones do not. */
export function TakenBackendLine({ taken }: { readonly taken: TakenBackend }) {
  return (
    <details class="small soft">
      <summary>
        Trains with{" "}
        <strong data-testid="backend" data-backend={taken.name}>
          {names[taken.name]}
        </strong>{" "}
        ({taken.adapter}), checked against known numbers
      </summary>
      {taken.refused.length === 0 ? (
        <p>No other backend was tried.</p>
      ) : (
        <ul>
          {taken.refused.map(({ name, reason }) => (
            <li key={name}>
              Not {names[name]}: {reason}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
