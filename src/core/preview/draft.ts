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
  const deleted = new Map(draft.deleted.map((one) => [objectKey(one), one]));
  const after = new Map([...before, ...put]);
  for (const key of deleted.keys()) after.delete(key);
  const isKept = (key: string) => put.has(key) && !deleted.has(key);
  const kept = Array.from(put).filter(([key]) => isKept(key));
  const names = (of: readonly (readonly [string, AnyResource])[]) =>
    sorted(of.map(([, resource]) => objectName(resource)));
  const isSame = ([key, resource]: readonly [string, AnyResource]) => {
    const known = before.get(key);
    return known !== undefined && meaning(known) === meaning(resource);
  };
  return {
    resources: [...after.values()],
    created: names(kept.filter(([key]) => !before.has(key))),
    changed: names(kept.filter((one) => before.has(one[0]) && !isSame(one))),
    unchanged: names(kept.filter(isSame)),
    deleted: sorted([...deleted.values()].filter((one) => before.has(objectKey(one)))),
    missing: sorted(
      [...deleted.values()].filter((one) => {
        const key = objectKey(one);
        return !before.has(key) && !put.has(key);
      }),
    ),
  };
}

function byKey(resources: readonly AnyResource[]): Map<string, AnyResource> {
  return new Map(resources.map((one) => [objectKey(objectName(one)), one]));
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
