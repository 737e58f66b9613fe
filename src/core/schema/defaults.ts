import { isObject } from "./json-object.ts";
import type { Schema } from "./schema.ts";

/**
 * Fills in, at any depth, each absent property whose schema has a default, as the API server does:
 * a null property or map entry is an absent one, so it gets the default or goes; a null in a list
 * stays. An object that is absent stays so, and what else is present is kept, valid or not. The
 * argument is not changed; it is the answer where nothing was to fill in.
 */
export function withSchemaDefaults(schema: Schema<unknown>, value: unknown): unknown {
  return fillerOf(schema)(value);
}

type Filler = (value: unknown) => unknown;

const fillers = new WeakMap<Schema<unknown>, Filler>();

function fillerOf(schema: Schema<unknown>): Filler {
  const known = fillers.get(schema);
  if (known) return known;
  const fillItems = schema.items && itemsFiller(schema.items);
  const fillFields = fieldsFiller(schema);
  const made: Filler = (value) => {
    if (Array.isArray(value)) return fillItems ? fillItems(value) : value;
    return isObject(value) ? fillFields(value) : value;
  };
  fillers.set(schema, made);
  return made;
}

function itemsFiller(items: Schema<unknown>): Filler {
  if (!items.items && !items.properties && !items.additionalProperties) return (list) => list;
  const fill = fillerOf(items);
  return (list) => {
    if (!Array.isArray(list)) return list;
    const filled: unknown[] = list.map(fill);
    return filled.some((item, i) => item !== list[i]) ? filled : list;
  };
}

function fieldsFiller(schema: Schema<unknown>): Filler {
  const properties = new Map(Object.entries(schema.properties ?? {}));
  const defaults = [...properties].flatMap(([name, property]) =>
    property.default === undefined ? [] : [[name, property.default] as const],
  );
  const fills = new Map([...properties].map(([name, property]) => [name, fillerOf(property)]));
  const other = schema.additionalProperties;
  const fillOther = other && fillerOf(other);
  return (value) => {
    if (!isObject(value)) return value;
    let changed: Map<string, unknown> | undefined;
    for (const name of Object.keys(value)) {
      const fill = fills.get(name) ?? fillOther;
      if (!fill) continue;
      const found = value[name];
      const filled = found === null ? (properties.get(name) ?? other)?.default : fill(found);
      if (filled === found) continue;
      changed ??= new Map(Object.entries(value));
      if (filled === undefined) changed.delete(name);
      else changed.set(name, filled);
    }
    for (const [name, filled] of defaults) {
      if (Object.hasOwn(value, name)) continue;
      changed ??= new Map(Object.entries(value));
      changed.set(name, filled);
    }
    return changed ? Object.fromEntries(changed) : value;
  };
}
