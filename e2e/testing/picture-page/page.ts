/** Starts the worker that decodes, and reports what the page was forbidden. */
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.onerror = ({ message }) => report(message);
addEventListener("securitypolicyviolation", ({ violatedDirective }) => report(violatedDirective));

function report(fault: string): void {
  void fetch("/fault", { method: "POST", body: fault });
}
