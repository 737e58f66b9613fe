/** A store that forgets when the process ends: for tests, and for what need not outlive it. */

import type { Resource } from "../../core/resources/resource.ts";
import { ChangeListeners } from "./change-listeners.ts";
import { inRange, pageBefore } from "./page.ts";
import {
  atRevision,
  CHANGES_KEPT,
  type Change,
  type ChangeListener,
  type ListRange,
  type ObjectKey,
  type Page,
  type Storage,
} from "./storage.ts";

interface Entry {
  readonly key: ObjectKey;
  readonly object: Resource;
}

/** Storage that ends with the process: the fake that passes the contract of the real one. */
export class MemoryStorage implements Storage {
  readonly #changesKept: number;
  readonly #listeners = new ChangeListeners();
  readonly #objects = new Map<string, Entry>();
  /** Every change of revision `#compacted + 1` to `#revision`, by revision. */
  readonly #log = new Map<number, Change>();
  #revision = 0;
  #compacted = 0;
  /** Changes of the transaction under way. */
  #pending: Change[] | undefined;

  constructor(options: { readonly changesKept?: number } = {}) {
    this.#changesKept = options.changesKept ?? CHANGES_KEPT;
  }

  get revision(): number {
    return this.#revision;
  }

  get(key: ObjectKey): Resource | undefined {
    return this.#objects.get(idOf(key))?.object;
  }

  list(range: ListRange): Page | "Expired" {
    const revision = range.revision ?? this.#revision;
    const later = this.changes(revision);
    if (later === "Expired") return later;
    const current = [...this.#objects.values()].filter((entry) => inRange(entry.key, range));
    return pageBefore(
      current.map((entry) => entry.object),
      later,
      range,
      revision,
    );
  }

  create(key: ObjectKey, object: Resource): Resource | "AlreadyExists" {
    if (this.#objects.has(idOf(key))) return "AlreadyExists";
    return this.#write(key, object, undefined);
  }

  update(key: ObjectKey, object: Resource, expected?: string): Resource | "NotFound" | "Conflict" {
    const previous = this.get(key);
    if (!previous) return "NotFound";
    if (expected !== undefined && previous.metadata.resourceVersion !== expected) return "Conflict";
    return this.#write(key, object, previous);
  }

  delete(key: ObjectKey, expected?: string): Resource | "NotFound" | "Conflict" {
    const previous = this.get(key);
    if (!previous) return "NotFound";
    if (expected !== undefined && previous.metadata.resourceVersion !== expected) return "Conflict";
    return this.transaction(() => {
      const change = this.#record(key, undefined, previous);
      this.#objects.delete(idOf(key));
      return atRevision(previous, change.revision);
    });
  }

  transaction<T>(work: () => T): T {
    if (this.#pending) return work();
    const changes: Change[] = [];
    this.#pending = changes;
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.#undo(changes);
      throw error;
    } finally {
      this.#pending = undefined;
    }
    this.#compact();
    this.#listeners.notify(changes);
    return result;
  }

  changes(revision: number): readonly Change[] | "Expired" {
    if (revision < this.#compacted || revision > this.#revision) return "Expired";
    const found: Change[] = [];
    for (let next = revision + 1; next <= this.#revision; next++) {
      const change = this.#log.get(next);
      if (change) found.push(change);
    }
    return found;
  }

  subscribe(listener: ChangeListener): () => void {
    return this.#listeners.subscribe(listener);
  }

  close(): void {
    this.#listeners.clear();
  }

  #write(key: ObjectKey, object: Resource, previous: Resource | undefined): Resource {
    return this.transaction(() => {
      const change = this.#record(key, object, previous);
      const stored = change.object ?? object;
      this.#objects.set(idOf(key), { key, object: stored });
      return stored;
    });
  }

  #record(key: ObjectKey, object: Resource | undefined, previous: Resource | undefined): Change {
    const revision = this.#revision + 1;
    // Callers keep what they passed in and may change it; what is stored is our own.
    const stored = object && atRevision(structuredClone(object), revision);
    const change: Change = { revision, key, object: stored, previous };
    this.#revision = revision;
    this.#log.set(revision, change);
    this.#pending?.push(change);
    return change;
  }

  #undo(changes: readonly Change[]): void {
    for (const { revision, key, previous } of changes.toReversed()) {
      if (previous) this.#objects.set(idOf(key), { key, object: previous });
      else this.#objects.delete(idOf(key));
      this.#log.delete(revision);
      this.#revision = revision - 1;
    }
  }

  #compact(): void {
    while (this.#revision - this.#compacted > this.#changesKept) {
      this.#compacted++;
      this.#log.delete(this.#compacted);
    }
  }
}

function idOf(key: ObjectKey): string {
  return `${key.type}/${key.namespace}/${key.name}`;
}
