import { entry, isObject, type JsonObject, withEntries } from "./json-object.ts";
import type { Schema } from "./schema.ts";

/**
 * Fills in, at any depth, each absent property whose schema has a default, as the API server does:
 * a null property or map entry is an absent one, so it gets the default or goes; a null in a list
 * stays. An object that is absent stays so, and what else is present is kept, valid or not. The
 * argument is not changed; it is the answer where nothing was to fill in.
 */
export function withSchemaDefaults(schema: Schema<unknown>, value: unknown): unknown {
  const present = holdsNull(value) ? withoutNulls(schema, value) : value;
  const fill = fillerOf(schema);
  return fill ? fill(present) : present;
}

function holdsNull(value: unknown): boolean {
  if (typeof value !== "object") return false;
  if (value === null) return true;
  if (Array.isArray(value)) return value.some(holdsNull);
  for (const name in value) {
    const item = (value as JsonObject)[name];
    if (typeof item === "object" && holdsNull(item)) return true;
  }
  return false;
}

/** A null that no field of the schema accounts for is kept, as are those in lists. */
function withoutNulls(schema: Schema<unknown>, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => withoutNulls(items, item)) : value;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const declared = entry(schema.properties, name);
      const property = isObject(declared) ? declared : schema.additionalProperties;
      if (!property) return [[name, item]];
      if (item !== null) return [[name, withoutNulls(property, item)]];
      return property.default === undefined ? [] : [[name, property.default]];
    }),
  );
}

/** Fills in what is absent below a value; the value itself where nothing is. */
type Filler = (value: unknown) => unknown;

const fillers = new WeakMap<Schema<unknown>, { readonly fill: Filler | undefined }>();

/** Undefined for a schema without defaults, so that nobody walks down for nothing. */
function fillerOf(schema: Schema<unknown>): Filler | undefined {
  const known = fillers.get(schema);
  if (known) return known.fill;
  const fill = schema.items ? itemsFiller(schema.items) : fieldsFiller(schema);
  fillers.set(schema, { fill });
  return fill;
}

function itemsFiller(items: Schema<unknown>): Filler | undefined {
  const fill = fillerOf(items);
  if (!fill) return undefined;
  return (list) => {
    if (!Array.isArray(list)) return list;
    const filled: unknown[] = list.map(fill);
    return filled.some((item, i) => item !== list[i]) ? filled : list;
  };
}

function fieldsFiller(schema: Schema<unknown>): Filler | undefined {
  const { properties = {}, additionalProperties } = schema;
  const fillable = Object.entries(properties).flatMap(([name, property]) => {
    const fill = fillerOf(property);
    return fill || property.default !== undefined ? [{ name, fill, absent: property.default }] : [];
  });
  const fillOther = additionalProperties && fillerOf(additionalProperties);
  if (fillable.length === 0 && !fillOther) return undefined;
  return (value) => {
    if (!isObject(value)) return value;
    let filled: Record<string, unknown> | undefined;
    for (const { name, fill, absent } of fillable) {
      const item = Object.hasOwn(value, name) ? value[name] : undefined;
      const next = item === undefined ? absent : fill ? fill(item) : item;
      if (next === item) continue;
      filled ??= { ...value };
      filled[name] = next;
    }
    if (!fillOther) return filled ?? value;
    const others = Object.entries(value).filter(([name]) => !Object.hasOwn(properties, name));
    const entries = others.map(([name, item]) => [name, fillOther(item)] as const);
    if (entries.every(([, item], i) => item === others[i]?.[1])) return filled ?? value;
    return withEntries(filled ?? value, entries);
  };
}
