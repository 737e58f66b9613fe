/** Words of a manifest that differ from the API's only in their case, as old tutorials write them. */
import { formatProtocol, parseProtocol } from "../net/protocol.ts";
import { isObject } from "../schema/json-object.ts";
import type { Schema } from "../schema/schema.ts";

const PROTOCOL_FIELDS: ReadonlySet<string> = new Set(["protocol", "notProtocol"]);

/** `value` with each such word as `schema` spells it; everything else as it is. */
export function respell(schema: Schema<unknown>, value: unknown, field = ""): unknown {
  if (typeof value === "string") {
    const word = value.toLowerCase();
    const spelt = schema.enum?.find((one) => String(one).toLowerCase() === word);
    if (spelt !== undefined) return spelt;
    const protocol = PROTOCOL_FIELDS.has(field) ? parseProtocol(value) : undefined;
    return protocol === undefined || /^\d/.test(value) ? value : formatProtocol(protocol);
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => respell(items, item)) : value;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const property = Object.hasOwn(schema.properties ?? {}, name)
        ? schema.properties?.[name]
        : undefined;
      return [name, property ? respell(property, item, name) : item];
    }),
  );
}
