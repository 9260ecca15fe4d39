/** The flat parameter vector as named tensors, and back. Legend: P parameters. */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import { layoutOf } from "./layout.ts";

/** Finds a network's tensor by its name in `layoutOf`, which must have it. */
export type NamedTensors = <T extends tf.Tensor>(name: string) => T;

/** The pieces of a flat vector [P], each in its shape. Call it inside a `tf.tidy`, which owns the pieces. */
export function splitParameters(spec: NetworkSpec, flat: tf.Tensor1D): NamedTensors {
  const layout = layoutOf(spec);
  const pieces = tf.split(
    flat,
    layout.map((entry) => entry.size),
  );
  const byName = new Map(
    layout.map((entry, i) => [entry.name, tf.reshape(pieces[i] as tf.Tensor, [...entry.shape])]),
  );
  return <T extends tf.Tensor>(name: string) => byName.get(name) as T;
}

/** One flat vector [P] from named pieces, with zeros where a piece is missing. Call it inside a `tf.tidy`. */
export function joinParameters(spec: NetworkSpec, pieces: Readonly<Record<string, tf.Tensor>>): tf.Tensor1D {
  const flat = layoutOf(spec).map(({ name, size }) => {
    const piece = pieces[name];
    return piece === undefined ? tf.zeros<tf.Rank.R1>([size]) : tf.reshape(piece, [size]);
  });
  return tf.concat(flat) as tf.Tensor1D;
}
