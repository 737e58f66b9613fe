/** What a write asks, and what becomes of it. */

import type { Admitted, FieldValidation } from "./admission.ts";
import type { Refusal } from "./status.ts";

/** How a write is to be made, and in whose name. */
export interface WriteOptions {
  /** Everything happens but the writing. */
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly subresource: "" | "status";
}

/** What a delete asks; a uid or a revision that is given must be the object's. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** The object as it now is, and what that changed. */
export interface Written extends Admitted {
  readonly outcome: "created" | "configured" | "unchanged";
}

/** One object that kept a whole batch from being applied: its place in the batch, and why. */
export interface BatchRefusal {
  readonly index: number;
  readonly refusal: Refusal;
}

/** What became of a batch: the objects as they were sent, in order, or everything that was refused. */
export type Batch =
  | { readonly applied: true; readonly written: readonly Written[] }
  | { readonly applied: false; readonly refusals: readonly BatchRefusal[] };

/** What a write is unless its request says otherwise. */
export const PLAIN_WRITE: WriteOptions = {
  dryRun: false,
  fieldManager: "unknown",
  fieldValidation: "Strict",
  subresource: "",
};

/** How the server itself writes a status. */
export const STATUS_WRITE: WriteOptions = {
  ...PLAIN_WRITE,
  fieldManager: "picket-status",
  subresource: "status",
};
