import { registerGradients } from "./tensor/gradients.ts";

/**
 * Readies TensorFlow.js for this package, whatever the backend; call it before any training. Idempotent.
 * It registers gradients that are right at second order, where TensorFlow.js's own are silently wrong or missing.
 */
export function prepareBackend(): void {
  if (prepared) return;
  prepared = true;
  registerGradients();
}

let prepared = false;
