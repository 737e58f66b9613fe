import type { Resource } from "../../core/resources/resource.ts";
import { type Change, compareKeys, type ListRange, type ObjectKey, type Page } from "./storage.ts";

/** Whether a key lies in a range, leaving out where the page starts. */
export function inRange(key: ObjectKey, range: ListRange): boolean {
  if (key.type !== range.type) return false;
  return range.namespace === undefined || key.namespace === range.namespace;
}

/**
 * The page of `range` as it was before `later` changes were made. `current` is everything of the
 * range, from its start, as it is now.
 */
export function pageBefore(
  current: readonly Resource[],
  later: readonly Change[],
  range: ListRange,
  revision: number,
): Page {
  const objects = new Map<string, Resource>();
  for (const object of current) objects.set(placeOf(object), object);
  for (const change of later.toReversed()) {
    if (!inRange(change.key, range)) continue;
    const place = `${change.key.namespace}/${change.key.name}`;
    if (change.previous) objects.set(place, change.previous);
    else objects.delete(place);
  }
  const { after } = range;
  const following = [...objects.values()]
    .filter((object) => after === undefined || compareKeys(keyOf(object), after) > 0)
    .sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  const limit = range.limit ?? following.length;
  return {
    objects: following.slice(0, limit),
    revision,
    remaining: Math.max(0, following.length - limit),
  };
}

function keyOf(object: Resource): Pick<ObjectKey, "namespace" | "name"> {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

function placeOf(object: Resource): string {
  const { namespace, name } = keyOf(object);
  return `${namespace}/${name}`;
}
