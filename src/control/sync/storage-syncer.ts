/** Updates out of a store in this process: each commit is told before the write returns. */

import type { ResourceKind } from "../../core/resources/resource.ts";
import { resourceKey } from "../../core/resources/resource-key.ts";
import { Catalog } from "../apiserver/catalog.ts";
import { resourceName } from "../apiserver/status.ts";
import type { Change, Storage } from "../storage/storage.ts";
import { admitUpdate } from "./admit-update.ts";
import type { Syncer, SyncListener, SyncProblem, SyncUpdate } from "./syncer.ts";

export class StorageSyncer implements Syncer {
  readonly #storage: Storage;
  readonly #catalog: Catalog;
  #unsubscribe: (() => void) | undefined;

  constructor(storage: Storage, kinds: readonly ResourceKind[]) {
    this.#storage = storage;
    this.#catalog = new Catalog(kinds);
  }

  start(listener: SyncListener): void {
    if (this.#unsubscribe) throw new Error("the syncer is started already");
    const { revision } = this.#storage;
    this.#unsubscribe = this.#storage.subscribe((changes) => this.#tell(changes, listener));
    const found = this.#catalog.kinds.flatMap((kind) => {
      const page = this.#storage.list({ type: resourceName(kind) });
      return page === "Expired" ? [] : page.objects.map((object) => admitUpdate(kind, object));
    });
    listener({
      updates: found.map(({ update }) => update),
      problems: found.flatMap(({ problems }) => problems),
      inSync: true,
      revision,
    });
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #tell(changes: readonly Change[], listener: SyncListener): void {
    const updates = new Map<string, SyncUpdate>();
    const problems = new Map<string, readonly SyncProblem[]>();
    let revision = 0;
    for (const change of changes) {
      revision = change.revision;
      const kind = this.#catalog.ofType(change.key.type);
      const object = change.object ?? change.previous;
      if (!kind || !object) continue;
      const key = resourceKey(object);
      const found = change.object
        ? admitUpdate(kind, change.object)
        : { update: { key, resource: undefined }, problems: [] };
      updates.set(key, found.update);
      problems.set(key, found.problems);
    }
    listener({
      updates: [...updates.values()],
      problems: [...problems.values()].flat(),
      inSync: true,
      revision,
    });
  }
}
