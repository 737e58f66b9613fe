/**
 * What the verbs of the API mean: create, replace, patch, apply, delete. Each is one transaction of
 * the store; what it refuses it throws as a {@link Refusal}, and then nothing was written. Where there
 * is a guard that may have to ask, they are to be called within `decided`.
 */

import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { type JsonObject, objectAt, textAt, withEntries } from "../../core/schema/json-object.ts";
import type { Storage } from "../storage/storage.ts";
import { admitted } from "./admission.ts";
import { BUILT_IN_OBJECTS } from "./built-in.ts";
import { type Catalog, keyOf, keyOfObject } from "./catalog.ts";
import { type Condition, statusWithCondition, statusWithoutCondition } from "./condition.ts";
import { applyFields, isSameButTimes, type Writer, withUpdatedFields } from "./managed-fields.ts";
import { checkPreconditions, hasFinalizers, nextVersion, withGeneration } from "./next-version.ts";
import { bareObject, type Place, placed, withGeneratedName } from "./place.ts";
import { checkBuiltIn, checkCreate, checkDelete, checkTier, settle } from "./rules.ts";
import {
  alreadyExists,
  badRequest,
  conflict,
  modified,
  notFound,
  Refusal,
  resourceName,
} from "./status.ts";
import { type Guard, Transactions, Undone } from "./transactions.ts";
import {
  type Batch,
  type BatchRefusal,
  type DeleteOptions,
  PLAIN_WRITE,
  STATUS_WRITE,
  type WriteOptions,
  type Written,
} from "./write.ts";

/** What the registry takes from outside. */
export interface RegistryOptions {
  readonly storage: Storage;
  readonly catalog: Catalog;
  /** The time, in milliseconds. */
  readonly now: () => number;
  /** A new object's uid. */
  readonly newUid: () => string;
  readonly guard?: Guard;
}

export class Registry {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly #now: () => number;
  readonly #newUid: () => string;
  readonly #transactions: Transactions;

  constructor(options: RegistryOptions) {
    this.storage = options.storage;
    this.catalog = options.catalog;
    this.#now = options.now;
    this.#newUid = options.newUid;
    this.#transactions = new Transactions(options.storage, options.guard);
  }

  /** Creates what is built in and not there yet. */
  createBuiltIns(): void {
    const options = { ...PLAIN_WRITE, fieldManager: "picket" };
    this.storage.transaction(() => {
      for (const object of BUILT_IN_OBJECTS) {
        const kind = this.catalog.named(object.apiVersion, object.kind);
        if (!kind || this.storage.get(keyOfObject(kind, object))) continue;
        this.#write(kind, undefined, { ...object }, options, "server");
      }
    });
  }

  get(kind: ResourceKind, namespace: string, name: string): Resource {
    const found = this.storage.get(keyOf(kind, namespace, name));
    if (!found) throw notFound(kind, name);
    return found;
  }

  create(kind: ResourceKind, namespace: string, sent: unknown, options: WriteOptions): Written {
    const object = this.#placed(kind, { namespace }, sent);
    if (objectAt(object, "metadata").resourceVersion) {
      throw badRequest("resourceVersion should not be set on objects to be created");
    }
    return this.#transaction(options.dryRun, () => this.#write(kind, undefined, object, options));
  }

  replace(
    kind: ResourceKind,
    namespace: string,
    name: string,
    sent: unknown,
    options: WriteOptions,
  ): Written {
    const object = this.#placed(kind, { namespace, name }, sent);
    return this.#transaction(options.dryRun, () => {
      const previous = this.get(kind, namespace, name);
      return this.#write(kind, previous, object, options);
    });
  }

  /** Replaces an object by what `change` makes of it. */
  patch(
    kind: ResourceKind,
    namespace: string,
    name: string,
    change: (object: Resource) => unknown,
    options: WriteOptions,
  ): Written {
    return this.#transaction(options.dryRun, () => {
      const previous = this.get(kind, namespace, name);
      const object = this.#placed(kind, { namespace, name }, change(previous));
      return this.#write(kind, previous, object, options);
    });
  }

  /** Server-side apply: creates the object, or lays what is sent over it as far as it is owned. */
  apply(
    kind: ResourceKind,
    namespace: string,
    name: string,
    sent: unknown,
    options: WriteOptions & { readonly force: boolean },
  ): Written {
    const applied = this.#placed(kind, { namespace, name }, sent);
    if (objectAt(applied, "metadata").managedFields !== undefined) {
      throw badRequest("metadata.managedFields must be nil");
    }
    const writer = this.#writer(options, "Apply");
    return this.#transaction(options.dryRun, () => {
      const previous = this.storage.get(keyOf(kind, namespace, name));
      const live = previous ?? bareObject(kind, namespace, name);
      const merged = applyFields(kind, live, applied, writer, options.force);
      const { resourceVersion } = objectAt(applied, "metadata");
      const metadata = withEntries(merged.metadata, [["resourceVersion", resourceVersion]]);
      return this.#write(kind, previous, { ...merged, metadata }, options, "Apply");
    });
  }

  /**
   * Makes every object what is sent, all or none; what an object has and the sent one lacks goes,
   * but for its status. Namespaces and tiers come first, whatever their place.
   */
  applyAll(sent: readonly unknown[], defaultNamespace: string, options: WriteOptions): Batch {
    const refusals: BatchRefusal[] = [];
    const written: Written[] = [];
    const attempt = (object: unknown, index: number): void => {
      try {
        written[index] = this.#applyOne(object, defaultNamespace, options);
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        refusals.push({ index, refusal });
      }
    };
    const isFirst = (object: unknown): boolean =>
      ["Namespace", "Tier"].includes(textAt(object, "kind") ?? "");
    try {
      this.#transaction(options.dryRun, () => {
        for (const first of [true, false]) {
          for (const [index, object] of sent.entries()) {
            if (isFirst(object) === first) attempt(object, index);
          }
        }
        if (refusals.length > 0) throw new Undone(undefined);
      });
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
    }
    if (refusals.length === 0) return { applied: true, written };
    return { applied: false, refusals: refusals.sort((a, b) => a.index - b.index) };
  }

  /**
   * Says something of an object on its status, and writes `fields` there; nothing is written if that
   * is said already.
   */
  reportCondition(
    kind: ResourceKind,
    namespace: string,
    name: string,
    said: Condition,
    fields: JsonObject = {},
  ): void {
    const change = (object: Resource): unknown => ({
      ...object,
      status: { ...statusWithCondition(object, said, this.#timestamp()), ...fields },
    });
    this.patch(kind, namespace, name, change, STATUS_WRITE);
  }

  /** Takes back what an object's status says under this type. */
  withdrawCondition(kind: ResourceKind, namespace: string, name: string, type: string): void {
    const change = (object: Resource): unknown => ({
      ...object,
      status: statusWithoutCondition(object, type),
    });
    this.patch(kind, namespace, name, change, STATUS_WRITE);
  }

  /** Removes an object, or, while finalizers hold it, marks it. Returns it as it was. */
  delete(kind: ResourceKind, namespace: string, name: string, options: DeleteOptions): Resource {
    return this.#transaction(options.dryRun, () => {
      const found = this.get(kind, namespace, name);
      const { uid, resourceVersion } = found.metadata;
      if ((options.uid ?? uid) !== uid) {
        throw conflict(
          kind,
          name,
          `the UID in the precondition (${options.uid}) is not the object's`,
        );
      }
      if ((options.resourceVersion ?? resourceVersion) !== resourceVersion) {
        throw modified(kind, name);
      }
      checkDelete(this, kind, name);
      if (hasFinalizers(found)) return this.#markDeleted(kind, found);
      if (resourceName(kind) === "namespaces") this.#emptyNamespace(name);
      this.storage.delete(keyOf(kind, namespace, name));
      return found;
    });
  }

  /** Removes the objects given, all or none. */
  deleteAll(kind: ResourceKind, objects: readonly Resource[], options: DeleteOptions): void {
    this.#transaction(options.dryRun, () => {
      for (const { metadata } of objects) {
        this.delete(kind, metadata.namespace ?? "", metadata.name, { ...options, dryRun: false });
      }
    });
  }

  #applyOne(sent: unknown, defaultNamespace: string, options: WriteOptions): Written {
    const apiVersion = textAt(sent, "apiVersion") ?? "";
    const kind = this.catalog.named(apiVersion, textAt(sent, "kind") ?? "");
    if (!kind) {
      throw badRequest(`no matches for kind "${textAt(sent, "kind")}" in version "${apiVersion}"`);
    }
    const named = textAt(objectAt(sent, "metadata"), "namespace");
    const namespace = kind.scope === "Namespaced" ? (named ?? defaultNamespace) : "";
    const object = this.#placed(kind, { namespace }, sent);
    const name = textAt(objectAt(object, "metadata"), "name") ?? "";
    return this.#write(kind, this.storage.get(keyOf(kind, namespace, name)), object, options);
  }

  /** Stores `sent` in place of `previous`, after everything that can refuse it. */
  #write(
    kind: ResourceKind,
    previous: Resource | undefined,
    sent: JsonObject,
    options: WriteOptions,
    by: "Update" | "Apply" | "server" = "Update",
  ): Written {
    if (by !== "server") checkBuiltIn(kind, textAt(objectAt(sent, "metadata"), "name") ?? "");
    if (previous) checkPreconditions(kind, previous, sent);
    const next = nextVersion(kind, previous, sent, options.subresource, () => ({
      uid: this.#newUid(),
      creationTimestamp: this.#timestamp(),
    }));
    const settled = settle(kind, next, this.#timestamp());
    const { object, warnings } = admitted(kind, settled, options.fieldValidation);
    if (!previous) checkCreate(this, kind, object);
    // A policy that goes, or of which only something is reported, needs no tier to take it.
    const stays = !previous?.metadata.deletionTimestamp && options.subresource === "";
    if (stays) checkTier(this, kind, object);
    const numbered = withGeneration(previous, object);
    const owned =
      by === "Apply"
        ? numbered
        : withUpdatedFields(kind, previous, numbered, this.#writer(options, "Update"));
    return { ...this.#store(kind, previous, owned), warnings };
  }

  #store(
    kind: ResourceKind,
    previous: Resource | undefined,
    next: Resource,
  ): Pick<Written, "object" | "outcome"> {
    const { name } = next.metadata;
    const key = keyOfObject(kind, next);
    if (!previous) {
      const created = this.storage.create(key, next);
      if (created === "AlreadyExists") throw alreadyExists(kind, name);
      return { object: created, outcome: "created" };
    }
    if (isSameButTimes(previous, next)) return { object: previous, outcome: "unchanged" };
    const stored = this.storage.update(key, next, previous.metadata.resourceVersion);
    if (typeof stored === "string") throw modified(kind, name);
    if (stored.metadata.deletionTimestamp && !hasFinalizers(stored)) this.storage.delete(key);
    return { object: stored, outcome: "configured" };
  }

  #placed(kind: ResourceKind, place: Place, sent: unknown): JsonObject {
    return placed(kind, place, sent, () => this.#newSuffix());
  }

  #newSuffix(): string {
    return this.#newUid().slice(0, 5);
  }

  #markDeleted(kind: ResourceKind, found: Resource): Resource {
    if (found.metadata.deletionTimestamp) return found;
    const metadata = {
      ...found.metadata,
      deletionTimestamp: this.#timestamp(),
      deletionGracePeriodSeconds: 0,
    };
    const settled = settle(kind, { ...found, metadata }, metadata.deletionTimestamp);
    const marked = this.storage.update(keyOfObject(kind, found), {
      ...found,
      ...settled,
      metadata,
    });
    return typeof marked === "string" ? found : marked;
  }

  /** What is in a namespace goes with it, finalizers or not: nobody is left to wait for. */
  #emptyNamespace(namespace: string): void {
    for (const kind of this.catalog.kinds) {
      if (kind.scope !== "Namespaced") continue;
      const page = this.storage.list({ type: resourceName(kind), namespace });
      if (page === "Expired") continue;
      for (const object of page.objects) this.storage.delete(keyOfObject(kind, object));
    }
  }

  #writer(options: WriteOptions, operation: Writer["operation"]): Writer {
    const { fieldManager: manager, subresource } = options;
    return { manager, operation, subresource, time: this.#timestamp() };
  }

  #timestamp(): string {
    return new Date(this.#now()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  /** {@link Transactions.decided}: `work` calls verbs of this registry. */
  decided<T>(work: () => T): Promise<T> {
    return this.#transactions.decided(work);
  }

  /** What is sent, with the name that it leaves to the server: it has the same at each try. */
  named(sent: unknown): unknown {
    return withGeneratedName(sent, () => this.#newSuffix());
  }

  /** Runs `work`, whose writes are one and are not asked of the guard: they undo what it let pass. */
  unguarded<T>(work: () => T): T {
    return this.#transactions.unguarded(work);
  }

  #transaction<T>(dryRun: boolean, work: () => T): T {
    return this.#transactions.run(dryRun, work);
  }
}
