import type { Schema } from "./schema.ts";

/**
 * Fills in, at any depth, each absent property whose schema has a default; an object that is absent
 * stays so. What is present is kept, valid or not; the argument is not changed.
 */
export function withSchemaDefaults(schema: Schema<unknown>, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = schema.items;
    return items ? value.map((item) => withSchemaDefaults(items, item)) : value;
  }
  if (typeof value !== "object" || value === null || !schema.properties) return value;
  const filled = new Map<string, unknown>(Object.entries(value));
  for (const [name, property] of Object.entries(schema.properties)) {
    if (filled.has(name)) filled.set(name, withSchemaDefaults(property, filled.get(name)));
    else if (property.default !== undefined) filled.set(name, property.default);
  }
  return Object.fromEntries(filled);
}
