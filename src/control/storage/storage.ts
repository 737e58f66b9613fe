/**
 * The contract of a store: objects under keys, a revision for every write, and a log of changes that
 * watchers read from. Everything is synchronous: what a call returns is durable and visible.
 */

import type { Resource } from "../../core/resources/resource.ts";
import { compareBytes } from "../../core/text/byte-order.ts";

/** Where an object lies. `namespace` is "" for what has none. */
export interface ObjectKey {
  /** Group and plural, `tiers.projectcalico.org`; the plural alone for the core group. */
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * One write, as watchers see it: `previous` is absent for a create, `object` for a delete.
 * Objects are shared between readers: nobody changes them.
 */
export interface Change {
  readonly revision: number;
  readonly key: ObjectKey;
  readonly object: Resource | undefined;
  readonly previous: Resource | undefined;
}

/** What a list asks for. */
export interface ListRange {
  readonly type: string;
  /** Absent: every namespace. */
  readonly namespace?: string;
  /** At most so many objects. */
  readonly limit?: number;
  /** Only what sorts after this place: the last key of the page before. */
  readonly after?: Pick<ObjectKey, "namespace" | "name">;
  /** The state as of this revision; absent: the newest. */
  readonly revision?: number;
}

export interface Page {
  /** Sorted by namespace, then name. */
  readonly objects: readonly Resource[];
  /** The revision that the page shows. */
  readonly revision: number;
  /** How many objects follow this page. */
  readonly remaining: number;
}

/** Told of every committed write, in order, before the writing call returns. */
export type ChangeListener = (changes: readonly Change[]) => void;

/**
 * Objects, revisions and the change log.
 *
 * Every object that comes out carries its revision as `metadata.resourceVersion`; the one that goes
 * in is ignored. What callers can get wrong comes back as a word: `"NotFound"`, `"AlreadyExists"`,
 * `"Conflict"` (the object is not at the revision that was expected), `"Expired"` (the log no longer
 * reaches back to the revision, or never reached it).
 */
export interface Storage {
  /** The revision of the newest write; 0 before the first. */
  readonly revision: number;
  get(key: ObjectKey): Resource | undefined;
  list(range: ListRange): Page | "Expired";
  create(key: ObjectKey, object: Resource): Resource | "AlreadyExists";
  /** Replaces an object; with `expected`, only if it is still at that revision. */
  update(key: ObjectKey, object: Resource, expected?: string): Resource | "NotFound" | "Conflict";
  /** Removes an object and returns it as it was, under the revision of its removal. */
  delete(key: ObjectKey, expected?: string): Resource | "NotFound" | "Conflict";
  /**
   * Runs `work`, whose writes are one: all are kept, or none if it throws, and listeners hear of them
   * together after they are kept. A transaction within another is part of it.
   */
  transaction<T>(work: () => T): T;
  /** The writes after `revision`, oldest first. */
  changes(revision: number): readonly Change[] | "Expired";
  /** Returns what ends the subscription. A listener that throws does not keep others from hearing. */
  subscribe(listener: ChangeListener): () => void;
  close(): void;
}

/** How many writes the change log remembers unless it is told otherwise. */
export const CHANGES_KEPT = 10_000;

/** The object under the revision that storage gives it. */
export function atRevision(object: Resource, revision: number): Resource {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** Order of keys of one type: by namespace, then name. */
export function compareKeys(
  a: Pick<ObjectKey, "namespace" | "name">,
  b: Pick<ObjectKey, "namespace" | "name">,
): number {
  return compareBytes(a.namespace, b.namespace) || compareBytes(a.name, b.name);
}
