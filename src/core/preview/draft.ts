/** A cluster as it would be with a draft: objects put in place, and others taken away. */
import { type ObjectName, objectKey, objectName } from "../explanation/object-key.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { compareBytes } from "../text/byte-order.ts";

/** What somebody means to change. */
export interface Draft {
  /** New objects, or what objects of the same name become. */
  readonly put: readonly AnyResource[];
  readonly deleted: readonly ObjectName[];
}

/** The cluster with the draft, and what the draft comes to; objects by name. */
export interface Drafted {
  readonly resources: readonly AnyResource[];
  readonly created: readonly ObjectName[];
  readonly changed: readonly ObjectName[];
  /** Objects that are there just so. */
  readonly unchanged: readonly ObjectName[];
  readonly deleted: readonly ObjectName[];
  /** Objects to delete that are not there. */
  readonly missing: readonly ObjectName[];
}

/** Puts a draft in place. Of an object that is put twice the last counts, and one put and deleted is gone. */
export function drafted(cluster: readonly AnyResource[], draft: Draft): Drafted {
  const before = byKey(cluster);
  const put = byKey(draft.put);
  const doomed = new Map(draft.deleted.map((one) => [objectKey(one), one]));
  const left = cluster.filter((one) => {
    const key = keyOf(one);
    return !put.has(key) && !doomed.has(key);
  });
  const kept = [...put.values()].filter((one) => !doomed.has(keyOf(one)));
  const sorts = Map.groupBy(kept, (one) => changeOf(before.get(keyOf(one)), one));
  const names = (sort: Sort) => sorted((sorts.get(sort) ?? []).map(objectName));
  const isThere = (one: ObjectName) => before.has(objectKey(one));
  const deleted = sorted([...doomed.values()]);
  return {
    resources: [...left, ...kept],
    created: names("created"),
    changed: names("changed"),
    unchanged: names("unchanged"),
    deleted: deleted.filter(isThere),
    missing: deleted.filter((one) => !isThere(one) && !put.has(objectKey(one))),
  };
}

type Sort = "created" | "changed" | "unchanged";

function changeOf(before: AnyResource | undefined, after: AnyResource): Sort {
  if (!before) return "created";
  return meaning(before) === meaning(after) ? "unchanged" : "changed";
}

function keyOf(resource: AnyResource): string {
  return objectKey(objectName(resource));
}

function byKey(resources: readonly AnyResource[]): Map<string, AnyResource> {
  return new Map(resources.map((one) => [keyOf(one), one]));
}

function sorted(names: readonly ObjectName[]): ObjectName[] {
  return names.toSorted((a, b) => compareBytes(objectKey(a), objectKey(b)));
}

/** What an object says, as text: what a server notes about it left out, whatever the order of fields. */
function meaning(resource: AnyResource): string {
  const { labels, annotations } = resource.metadata;
  const entries = Object.entries(resource).filter(([field]) => field !== "status");
  return text({ ...Object.fromEntries(entries), metadata: { labels, annotations } });
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => compareBytes(a, b)));
  });
}
