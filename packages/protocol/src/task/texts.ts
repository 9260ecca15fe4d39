/** What a task says to people, and what every kind of task has. */
import { type Static, Type } from "typebox";
import { exact } from "../schema-parts.ts";

/** A line of a task's texts; it may be empty where `least` is 0. */
const Words = (maxLength: number, least = 1) => Type.String({ minLength: least, maxLength });

/** What people read before they take part. */
export const TaskTexts = exact({
  title: Words(120),
  /** What is learned, and what for. */
  purpose: Words(2000),
  /** Who asks for it. */
  asker: Words(200),
  /** Where questions go: an address of any kind. */
  contact: Words(200, 0),
  /** What the model must not be used for. */
  notFor: Words(2000, 0),
  /** The licence of the model that comes out. */
  licence: Words(200, 0),
});
export type TaskTexts = Static<typeof TaskTexts>;

/** The id of a task: it stays over all versions. */
export const TaskId = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,63}$" });
/** Counts the versions of a task from 1. */
export const TaskVersion = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** The name of a class or of a category. */
export const ClassName = Words(64);

/** The figure that pages show first for a classification. */
export const ClassificationHeadline = Type.Union([
  Type.Literal("accuracy"),
  Type.Literal("balanced-accuracy"),
  Type.Literal("auc"),
]);
/** The figure that pages show first for a regression. */
export const RegressionHeadline = Type.Union([Type.Literal("rmse"), Type.Literal("r2")]);

/**
 * The share of its own examples that a volunteer never trains on and measures the global model with, 0..0.5. 0: no
 * volunteer measures anything.
 */
export const HoldOutShare = Type.Number({ minimum: 0, maximum: 0.5 });
