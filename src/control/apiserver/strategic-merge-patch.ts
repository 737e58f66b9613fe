/**
 * Strategic merge patches, which kubectl sends for the kinds that are built into it: merge patches
 * that know which lists are keyed, and carry directives under keys that begin with `$`.
 */

import { isDeepStrictEqual } from "node:util";
import { entry, isObject, type JsonObject } from "../../core/schema/json-object.ts";
import { badRequest } from "./status.ts";

/** The lists of core objects that are merged by a key rather than replaced, by field name. */
const MERGE_KEYS: ReadonlyMap<string, string> = new Map([
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
  ["ports", "containerPort"],
  ["secrets", "name"],
  ["taints", "key"],
  ["topologySpreadConstraints", "topologyKey"],
  ["volumeDevices", "devicePath"],
  ["volumeMounts", "mountPath"],
  ["volumes", "name"],
]);

/** The lists whose items are plain values and that are merged as sets. */
const MERGED_SETS: ReadonlySet<string> = new Set(["finalizers", "podCIDRs"]);

const PATCH = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETED_ITEMS = "$deleteFromPrimitiveList/";
const ELEMENT_ORDER = "$setElementOrder/";

/** Refuses a directive that it does not know, and an item of a keyed list without its key. */
export function applyStrategicMergePatch(target: unknown, patch: unknown): unknown {
  return mergeObject(isObject(target) ? target : {}, isObject(patch) ? patch : {});
}

function mergeObject(target: JsonObject, patch: JsonObject): JsonObject {
  const directive = entry(patch, PATCH);
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge") throw unknownDirective(directive);
  const merged = new Map<string, unknown>(Object.entries(target));
  const retained = entry(patch, RETAIN_KEYS);
  if (Array.isArray(retained)) {
    for (const key of merged.keys()) if (!retained.includes(key)) merged.delete(key);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, mergeValue(key, merged.get(key), value));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!Array.isArray(value)) continue;
    if (key.startsWith(DELETED_ITEMS)) {
      const field = key.slice(DELETED_ITEMS.length);
      const items = listOf(merged.get(field));
      if (merged.has(field))
        merged.set(
          field,
          items.filter((item) => !value.includes(item)),
        );
    } else if (key.startsWith(ELEMENT_ORDER)) {
      const field = key.slice(ELEMENT_ORDER.length);
      if (merged.has(field)) merged.set(field, ordered(field, listOf(merged.get(field)), value));
    } else if (key.startsWith("$") && key !== RETAIN_KEYS) {
      throw unknownDirective(key);
    }
  }
  return Object.fromEntries(merged);
}

function mergeValue(field: string, target: unknown, patch: unknown): unknown {
  if (isObject(patch)) return mergeObject(isObject(target) ? target : {}, patch);
  if (!Array.isArray(patch)) return patch;
  const key = MERGE_KEYS.get(field);
  const items = listOf(target);
  if (key !== undefined && [...items, ...patch].every(isObject)) {
    return mergeKeyed(key, items, patch);
  }
  if (!MERGED_SETS.has(field)) return patch;
  return [...items, ...patch.filter((item) => !items.includes(item))];
}

function mergeKeyed(
  key: string,
  target: readonly unknown[],
  patch: readonly unknown[],
): readonly unknown[] {
  const replaces = patch.some((item) => entry(item, PATCH) === "replace");
  let merged = replaces ? [] : [...target];
  for (const item of patch) {
    const directive = entry(item, PATCH);
    if (directive === "replace") continue;
    const value = entry(item, key);
    if (value === undefined)
      throw badRequest(`an item of a list in the patch lacks its key "${key}"`);
    const index = merged.findIndex((known) => entry(known, key) === value);
    if (directive === "delete") merged = merged.filter((known) => entry(known, key) !== value);
    else if (index < 0) merged.push(mergeValue("", {}, item));
    else merged[index] = mergeValue("", merged[index], item);
  }
  return merged;
}

/** The items that the patch orders in its order; the others keep their places after them. */
function ordered(
  field: string,
  items: readonly unknown[],
  order: readonly unknown[],
): readonly unknown[] {
  const key = MERGE_KEYS.get(field);
  const rank = (item: unknown): number => {
    const index = order.findIndex((wanted) =>
      key === undefined ? isDeepStrictEqual(wanted, item) : entry(wanted, key) === entry(item, key),
    );
    return index < 0 ? order.length : index;
  };
  return items.toSorted((a, b) => rank(a) - rank(b));
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
