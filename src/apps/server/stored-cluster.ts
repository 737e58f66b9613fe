/** A copy of what is stored, read as resources. */
import { admit } from "../../core/resources/admit.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";
import type { PolicyTestResource } from "../../core/resources/policy-test.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { CATALOG, type StoredUpdate } from "./stored-update.ts";

/** An object that is stored. */
export interface Stored {
  readonly kind: ResourceKind;
  readonly object: Resource;
  /** Absent: it is not valid (any more), and counts for nothing. */
  readonly resource: AnyResource | undefined;
}

export class StoredCluster {
  readonly #stored: Map<string, Stored>;

  constructor(stored?: ReadonlyMap<string, Stored>) {
    this.#stored = new Map(stored);
  }

  take(updates: readonly StoredUpdate[]): void {
    for (const { key, object } of updates) {
      const kind = CATALOG.ofType(key.type);
      if (!kind) continue;
      if (!object) this.#stored.delete(textOf(key));
      else this.#stored.set(textOf(key), { kind, object, resource: admittedAs(kind, object) });
    }
  }

  /** What it would be after these updates. */
  with(updates: readonly StoredUpdate[]): StoredCluster {
    const cluster = new StoredCluster(this.#stored);
    cluster.take(updates);
    return cluster;
  }

  get(key: StoredUpdate["key"]): Stored | undefined {
    return this.#stored.get(textOf(key));
  }

  get stored(): Iterable<Stored> {
    return this.#stored.values();
  }

  get resources(): AnyResource[] {
    return Array.from(this.#stored.values()).flatMap(({ resource }) => resource ?? []);
  }

  get tests(): PolicyTestResource[] {
    return this.resources.filter((one) => one.kind === "PolicyTest");
  }
}

function admittedAs(kind: ResourceKind, object: Resource): AnyResource | undefined {
  const admission = admit(kind, object);
  return admission.admitted ? admission.resource : undefined;
}

function textOf({ type, namespace, name }: StoredUpdate["key"]): string {
  return `${type} ${namespace}/${name}`;
}
