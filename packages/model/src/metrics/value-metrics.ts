import type { RegressionMeasurement } from "@tributary/protocol";

/**
 * The metrics of predictions of numbers, both [N] with N at least 1: rmse = sqrt(mean (z - y)^2), and r2 = 1 - sum (z -
 * y)^2 / sum (y - mean y)^2, null where all y are alike. Sums are in float64. Pure.
 */
export function valueMetrics(
  predictions: Float32Array,
  values: Float32Array,
): Pick<RegressionMeasurement, "rmse" | "r2"> {
  let [sum, squaredError] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i] as number;
    squaredError += ((predictions[i] as number) - (values[i] as number)) ** 2;
  }
  const mean = sum / values.length;
  let deviation = 0;
  for (const value of values) deviation += (value - mean) ** 2;
  // Rounding of the mean leaves a little of nothing.
  const isFlat = values.every((value) => value === values[0]);
  return { rmse: Math.sqrt(squaredError / values.length), r2: isFlat ? null : 1 - squaredError / deviation };
}
