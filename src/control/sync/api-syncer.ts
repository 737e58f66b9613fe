/** Updates out of an API server: a list and a watch a kind, taken up again whenever they break off. */

import { setTimeout } from "node:timers/promises";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { resourceKey } from "../../core/resources/resource-key.ts";
import { entry, isObject, objectAt, textAt } from "../../core/schema/json-object.ts";
import { admitUpdate } from "./admit-update.ts";
import { type ApiClient, type ApiFailure, pathOf } from "./api-client.ts";
import type { Syncer, SyncListener, SyncProblem, SyncUpdate } from "./syncer.ts";

export interface ApiSyncerOptions {
  readonly client: ApiClient;
  readonly kinds: readonly ResourceKind[];
  /** Told when the server cannot be reached or refuses, and with nothing once it is well again. */
  readonly onTrouble?: (trouble: string | undefined) => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
const WATCH_SECONDS = 300;
/** Bookmarks come every minute: a watch that is silent for longer is dead. */
const SILENCE_MS = 150_000;

export class ApiSyncer implements Syncer {
  readonly #options: ApiSyncerOptions;
  readonly #stop = new AbortController();
  readonly #troubles = new Map<ResourceKind, string>();
  readonly #unlisted: Set<ResourceKind>;
  #listener: SyncListener | undefined;
  #revision = 0;

  constructor(options: ApiSyncerOptions) {
    this.#options = options;
    this.#unlisted = new Set(options.kinds);
  }

  start(listener: SyncListener): void {
    if (this.#listener) throw new Error("the syncer is started already");
    this.#listener = listener;
    for (const kind of this.#options.kinds) void this.#follow(kind);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Lists and watches one kind until stopped. */
  async #follow(kind: ResourceKind): Promise<void> {
    /** What has been told and is there, by key, at which revision. */
    const told = new Map<string, string>();
    let revision: number | undefined;
    let wait = FIRST_RETRY_MS;
    while (!this.#stop.signal.aborted) {
      const reached: number | ApiFailure | "Expired" =
        revision === undefined
          ? await this.#list(kind, told)
          : await this.#watch(kind, told, revision);
      if (typeof reached === "number") {
        revision = reached;
        wait = FIRST_RETRY_MS;
        this.#trouble(kind, undefined);
        continue;
      }
      if (reached === "Expired") {
        revision = undefined;
        continue;
      }
      this.#trouble(kind, reached.message);
      // Being stopped ends the wait, and with it the loop.
      await setTimeout(wait, undefined, { signal: this.#stop.signal }).catch(() => {});
      wait = Math.min(LAST_RETRY_MS, wait * 2);
    }
  }

  /** Tells how the kind differs from what has been told; returns the list's revision. */
  async #list(kind: ResourceKind, told: Map<string, string>): Promise<number | ApiFailure> {
    const answer = await this.#options.client.list(kind);
    if (!answer.ok) return answer.failure;
    const { items, revision } = answer.value;
    if (!items.every(isNamed))
      return brokenAnswer(`a list of ${kind.plural} has one without a name`);
    const there = new Set(items.map(resourceKey));
    const gone = [...told.keys()].filter((key) => !there.has(key));
    const changed = items.filter(
      (item) => told.get(resourceKey(item)) !== item.metadata.resourceVersion,
    );
    for (const key of gone) told.delete(key);
    for (const item of items) told.set(resourceKey(item), item.metadata.resourceVersion ?? "");
    this.#unlisted.delete(kind);
    const removals = gone.map((key) => ({ key, resource: undefined }));
    this.#tell(kind, changed, removals, revision);
    return revision;
  }

  /** Tells what changes after `revision`, until the watch ends; returns the last revision told. */
  async #watch(
    kind: ResourceKind,
    told: Map<string, string>,
    revision: number,
  ): Promise<number | ApiFailure | "Expired"> {
    let last = revision;
    const events = this.#options.client.watch({
      path: pathOf(kind),
      query: {
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion: String(revision),
        timeoutSeconds: String(WATCH_SECONDS),
      },
      silenceMs: SILENCE_MS,
      onOpen: () => this.#trouble(kind, undefined),
      signal: this.#stop.signal,
    });
    for (;;) {
      const next = await events.next();
      if (next.done) {
        if (next.value === undefined || last > revision) return last;
        return isExpired(next.value) ? "Expired" : next.value;
      }
      const { type, object } = next.value;
      if (type === "ERROR") return errorOf(object);
      if (!isObject(object)) continue;
      last = Number(textAt(objectAt(object, "metadata"), "resourceVersion") ?? last);
      if (type === "BOOKMARK") continue;
      if (!isNamed(object))
        return brokenAnswer(`a ${type} event of ${kind.plural} names no object`);
      const key = resourceKey(object);
      if (type === "DELETED") told.delete(key);
      else told.set(key, object.metadata.resourceVersion ?? "");
      if (type === "DELETED") this.#tell(kind, [], [{ key, resource: undefined }], last);
      else this.#tell(kind, [object], [], last);
    }
  }

  #tell(
    kind: ResourceKind,
    found: readonly Resource[],
    removals: readonly SyncUpdate[],
    revision: number,
  ): void {
    if (this.#stop.signal.aborted) return;
    this.#revision = Math.max(this.#revision, revision);
    const updates: SyncUpdate[] = [...removals];
    const problems: SyncProblem[] = [];
    for (const object of found) {
      const admitted = admitUpdate(kind, object);
      updates.push(admitted.update);
      problems.push(...admitted.problems);
    }
    const inSync = this.#unlisted.size === 0;
    this.#listener?.({ updates, problems, inSync, revision: this.#revision });
  }

  #trouble(kind: ResourceKind, trouble: string | undefined): void {
    const before = this.#firstTrouble();
    if (trouble === undefined) this.#troubles.delete(kind);
    else this.#troubles.set(kind, trouble);
    const now = this.#firstTrouble();
    if (now !== before && !this.#stop.signal.aborted) this.#options.onTrouble?.(now);
  }

  #firstTrouble(): string | undefined {
    return this.#troubles.values().next().value;
  }
}

/** Enough to know an object by; whether it is a sound one, `admitUpdate` says. */
function isNamed(object: unknown): object is Resource {
  const metadata = objectAt(object, "metadata");
  const texts = [textAt(object, "apiVersion"), textAt(object, "kind"), textAt(metadata, "name")];
  return texts.every((text) => text !== undefined);
}

function isExpired(failure: ApiFailure): boolean {
  return failure.reason === "refused" && failure.status.code === 410;
}

function errorOf(status: unknown): ApiFailure | "Expired" {
  if (entry(status, "code") === 410) return "Expired";
  return brokenAnswer(textAt(status, "message") ?? "the watch failed");
}

/** The server is there, but what it says is of no use; it is asked again. */
function brokenAnswer(message: string): ApiFailure {
  return { reason: "unreachable", message, cause: new Error(message) };
}
