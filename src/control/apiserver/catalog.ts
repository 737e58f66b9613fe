/** The kinds that are served, found by what a path, a manifest or a key calls them. */

import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { compareBytes } from "../../core/text/byte-order.ts";
import type { ObjectKey } from "../storage/storage.ts";
import { resourceName } from "./status.ts";

/** A version of an API group; the core group is "". */
export interface GroupVersion {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
}

/** The kinds that are served, found by what requests and manifests call them. */
export class Catalog {
  readonly kinds: readonly ResourceKind[];
  readonly #byPath: ReadonlyMap<string, ResourceKind>;
  readonly #byType: ReadonlyMap<string, ResourceKind>;

  constructor(kinds: readonly ResourceKind[]) {
    this.kinds = kinds;
    this.#byPath = new Map(kinds.map((kind) => [`${apiVersionOf(kind)}/${kind.plural}`, kind]));
    this.#byType = new Map(kinds.map((kind) => [resourceName(kind), kind]));
  }

  /** The kind whose objects are served under this group, version and plural. */
  at(groupVersion: GroupVersion, plural: string): ResourceKind | undefined {
    return this.#byPath.get(`${apiVersionOf(groupVersion)}/${plural}`);
  }

  /** The kind of the objects that storage keeps as this type. */
  ofType(type: string): ResourceKind | undefined {
    return this.#byType.get(type);
  }

  /** The kind that a manifest names. */
  named(apiVersion: string, kind: string): ResourceKind | undefined {
    return this.kinds.find((known) => known.kind === kind && apiVersionOf(known) === apiVersion);
  }

  /** Every group and version with a kind in it, in the order of the kinds; of a group, the latest first. */
  groupVersions(): readonly GroupVersion[] {
    const found = new Map<string, GroupVersion>();
    for (const { group, version } of this.kinds)
      found.set(apiVersionOf({ group, version }), { group, version });
    const byGroup = Map.groupBy(found.values(), ({ group }) => group);
    return [...byGroup.values()].flatMap((versions) =>
      versions.toSorted((a, b) => compareBytes(b.version, a.version)),
    );
  }

  /** The kinds of one group and version, by plural. */
  in({ group, version }: GroupVersion): readonly ResourceKind[] {
    return this.kinds
      .filter((kind) => kind.group === group && kind.version === version)
      .sort((a, b) => compareBytes(a.plural, b.plural));
  }
}

/** Where an object of the kind is stored. */
export function keyOf(kind: ResourceKind, namespace: string, name: string): ObjectKey {
  const type = resourceName(kind);
  return { type, namespace: kind.scope === "Namespaced" ? namespace : "", name };
}

/** Where this object is stored. */
export function keyOfObject(kind: ResourceKind, object: Resource): ObjectKey {
  return keyOf(kind, object.metadata.namespace ?? "", object.metadata.name);
}

/** Whether objects of the kind have a status of their own. */
export function hasStatus(kind: ResourceKind): boolean {
  return kind.schema.properties?.status !== undefined;
}
