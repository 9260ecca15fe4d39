import type { TakenBackend } from "./trainer-client.ts";

const names = { webgpu: "WebGPU", webgl: "WebGL", wasm: "WebAssembly", cpu: "plain JavaScript" } as const;

/** Which backend trains here, and why the faster ones were refused. */
export function TakenBackendLine({ taken }: { readonly taken: TakenBackend }) {
  return (
    <details class="small soft">
      <summary>
        Training with{" "}
        <strong data-testid="backend" data-backend={taken.name}>
          {names[taken.name]}
        </strong>{" "}
        ({taken.adapter}), checked against known results
      </summary>
      {taken.refused.length === 0 ? (
        <p>No other backend was tried.</p>
      ) : (
        <ul>
          {taken.refused.map(({ name, reason }) => (
            <li key={name}>
              {names[name]} was not used: {reason}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
