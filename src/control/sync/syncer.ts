/** One stream of updates, whatever they come out of: a store or an API server. */

import type { AnyResource } from "../../core/resources/kinds.ts";

/** One object, as it is now. */
export interface SyncUpdate {
  /** The object's `resourceKey`. */
  readonly key: string;
  /** Absent: there is no such object (any more), or none that is valid. */
  readonly resource: AnyResource | undefined;
}

/** An object that was refused: it is absent from the stream, whatever it was before. */
export interface SyncProblem {
  /** The object's key. */
  readonly where: string;
  /** What is wrong, for people. */
  readonly message: string;
}

/** Updates that are told at once. */
export interface SyncBatch {
  /** Never the same key twice. */
  readonly updates: readonly SyncUpdate[];
  readonly problems: readonly SyncProblem[];
  /** Every object that was there at the start has been told, with this batch or before. */
  readonly inSync: boolean;
  /** The newest revision that has been told. */
  readonly revision: number;
}

export type SyncListener = (batch: SyncBatch) => void;

/** A source of updates. It starts once; after `stop` the listener hears no more. */
export interface Syncer {
  start(listener: SyncListener): void;
  stop(): void;
}
