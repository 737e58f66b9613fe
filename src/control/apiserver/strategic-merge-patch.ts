/**
 * Strategic merge patches, which kubectl sends for the kinds that are built into it: merge patches
 * that know which lists are keyed, and carry directives under keys that begin with `$`.
 */

import { entry, isObject, type JsonObject, textAt } from "../../core/schema/json-object.ts";
import { badRequest } from "./status.ts";

type MergeKeys = ReadonlyMap<string, string>;

/** The lists of core objects that are merged by a key rather than replaced, by field name. */
const MERGE_KEYS: MergeKeys = new Map([
  ["addresses", "type"],
  ["conditions", "type"],
  ["containers", "name"],
  ["env", "name"],
  ["ephemeralContainers", "name"],
  ["hostAliases", "ip"],
  ["imagePullSecrets", "name"],
  ["initContainers", "name"],
  ["ownerReferences", "uid"],
  ["podIPs", "ip"],
  ["secrets", "name"],
  ["taints", "key"],
  ["topologySpreadConstraints", "topologyKey"],
  ["volumeDevices", "devicePath"],
  ["volumeMounts", "mountPath"],
  ["volumes", "name"],
]);

/** What the items of `ports` are told apart by, in the kinds that merge them. */
const PORT_KEYS: MergeKeys = new Map([
  ["Pod", "containerPort"],
  ["Service", "port"],
]);

/** The lists whose items are plain values and that are merged as sets. */
const MERGED_SETS: ReadonlySet<string> = new Set(["finalizers", "podCIDRs"]);

const PATCH = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETED_ITEMS = "$deleteFromPrimitiveList/";
const ELEMENT_ORDER = "$setElementOrder/";

/** Refuses a directive that it does not know, and an item of a keyed list without its key. */
export function applyStrategicMergePatch(target: unknown, patch: unknown): unknown {
  const portKey = PORT_KEYS.get(textAt(target, "kind") ?? "");
  const keys = new Map([...MERGE_KEYS, ...(portKey ? [["ports", portKey] as const] : [])]);
  return mergeObject(keys, isObject(target) ? target : {}, isObject(patch) ? patch : {});
}

function mergeObject(keys: MergeKeys, target: JsonObject, patch: JsonObject): JsonObject {
  const directive = entry(patch, PATCH);
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge") throw unknownDirective(directive);
  const merged = new Map<string, unknown>(Object.entries(target));
  const retained = entry(patch, RETAIN_KEYS);
  if (Array.isArray(retained)) {
    const kept = new Set<unknown>(retained);
    for (const key of merged.keys()) if (!kept.has(key)) merged.delete(key);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, mergeValue(keys, key, merged.get(key), value));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!Array.isArray(value)) continue;
    if (key.startsWith(DELETED_ITEMS)) {
      const field = key.slice(DELETED_ITEMS.length);
      const deleted = new Set<unknown>(value);
      const items = listOf(merged.get(field)).filter((item) => !deleted.has(item));
      if (merged.has(field)) merged.set(field, items);
    } else if (key.startsWith(ELEMENT_ORDER)) {
      const field = key.slice(ELEMENT_ORDER.length);
      if (merged.has(field))
        merged.set(field, ordered(keys.get(field), listOf(merged.get(field)), value));
    } else if (key.startsWith("$") && key !== RETAIN_KEYS) {
      throw unknownDirective(key);
    }
  }
  return Object.fromEntries(merged);
}

function mergeValue(keys: MergeKeys, field: string, target: unknown, patch: unknown): unknown {
  if (isObject(patch)) return mergeObject(keys, isObject(target) ? target : {}, patch);
  if (!Array.isArray(patch)) return patch;
  const key = keys.get(field);
  const items = listOf(target);
  if (key !== undefined && [...items, ...patch].every(isObject)) {
    return mergeKeyed(keys, key, items, patch);
  }
  return MERGED_SETS.has(field) ? [...new Set([...items, ...patch])] : patch;
}

function mergeKeyed(
  keys: MergeKeys,
  key: string,
  target: readonly unknown[],
  patch: readonly unknown[],
): readonly unknown[] {
  const replaces = patch.some((item) => entry(item, PATCH) === "replace");
  const merged = replaces ? [] : [...target];
  const gone = new Set<number>();
  const places = Map.groupBy(merged.keys(), (place) => entry(merged[place], key));
  for (const item of patch) {
    const directive = entry(item, PATCH);
    if (directive === "replace") continue;
    const value = entry(item, key);
    if (value === undefined)
      throw badRequest(`an item of a list in the patch lacks its key "${key}"`);
    const known = places.get(value) ?? [];
    const [first] = known;
    if (directive === "delete") {
      for (const place of known) gone.add(place);
      places.delete(value);
    } else if (first === undefined) {
      places.set(value, [merged.push(mergeValue(keys, "", {}, item)) - 1]);
    } else {
      merged[first] = mergeValue(keys, "", merged[first], item);
    }
  }
  return merged.filter((_, place) => !gone.has(place));
}

/** The items that the patch orders in its order; the others keep their places after them. */
function ordered(
  key: string | undefined,
  items: readonly unknown[],
  order: readonly unknown[],
): readonly unknown[] {
  const idOf = (item: unknown): unknown =>
    key === undefined ? JSON.stringify(item) : entry(item, key);
  const ranks = new Map(order.map((wanted, rank) => [idOf(wanted), rank] as const).reverse());
  const rankOf = (item: unknown): number => ranks.get(idOf(item)) ?? order.length;
  return items.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith("$")));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unknownDirective(directive: unknown): Error {
  return badRequest(`unknown directive in a strategic merge patch: ${JSON.stringify(directive)}`);
}
