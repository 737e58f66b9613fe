/** JSON objects as clients send them. Any text can be a key, `__proto__` too, so keys are own properties only. */

/** What JSON's braces hold; nothing is known of its values. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reports whether `value` is an object, and neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value under a key, or undefined. */
export function entry(object: unknown, key: string): unknown {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The object under a key; empty when there is none. */
export function objectAt(object: unknown, key: string): JsonObject {
  const value = entry(object, key);
  return isObject(value) ? value : {};
}

/** The text under a key, or undefined when there is none or it is something else. */
export function textAt(object: unknown, key: string): string | undefined {
  const value = entry(object, key);
  return typeof value === "string" ? value : undefined;
}

/** A copy with some keys set, and those whose new value is undefined left out. */
export function withEntries(
  object: JsonObject,
  changes: Iterable<readonly [string, unknown]>,
): JsonObject {
  const entries = new Map(Object.entries(object));
  for (const [key, value] of changes) {
    if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
  return Object.fromEntries(entries);
}
