import { entry, isObject } from "../../core/schema/json-object.ts";
import type { Schema } from "../../core/schema/schema.ts";

/** `value` without the fields that the schema does not know, at any depth. */
export function prune(schema: Schema<unknown>, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => prune(items, item)) : value;
  }
  if (!isObject(value)) return value;
  const { properties, additionalProperties } = schema;
  const keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"] ?? properties === undefined;
  const kept = Object.entries(value).flatMap(([name, item]) => {
    const declared = entry(properties, name);
    const property = isObject(declared) ? declared : additionalProperties;
    if (property) return [[name, prune(property, item)] as const];
    return keepsUnknown ? [[name, item] as const] : [];
  });
  return Object.fromEntries(kept);
}
