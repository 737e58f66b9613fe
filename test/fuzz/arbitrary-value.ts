/** Values after a schema, the empty ones of every type among them. */
import fc from "fast-check";
import type { Schema } from "../../src/core/schema/schema.ts";

/** Texts that YAML, JSON or JavaScript could take for something else. */
export const ODD_TEXTS: readonly string[] = [
  ...[
    "",
    " ",
    "~",
    "null",
    "true",
    "yes",
    "n",
    "on",
    "0",
    "-0",
    "1.",
    "1e3",
    "0x1f",
    "0o17",
    "1_0",
  ],
  ...[".inf", ".nan", "2026-01-01", "1:30", "<<", "=", "---", "...", "--- a", "- a", "? a", "a: b"],
  ...[
    "# a",
    "a #b",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "'",
    '"',
    "\\",
    "%a",
    "@a",
    "`",
    "{",
    "}",
    "[",
    "]",
  ],
  ...[",", "a\nb", "a\n", "\n", "\ta", "a\r\nb", "\u0000", "\u0085", "\u2028", "\ufeff", "é", "😀"],
  ...["\ud800", "__proto__", "constructor", "x".repeat(1030), "a  b", " a", "a "],
];

export const oddText = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom(...ODD_TEXTS, " ", "\n"), { maxLength: 4 }).map((some) => some.join("")),
);

/** Values of the types that `schema` says; no limit and no rule of it is kept. */
export function valuesOf(schema: Schema<unknown>): fc.Arbitrary<unknown> {
  // fast-check's own objects have no prototype, which no parser makes.
  return anyOf(schema).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
}

function anyOf(schema: Schema<unknown>): fc.Arbitrary<unknown> {
  if (schema["x-kubernetes-int-or-string"]) return fc.oneof(integers, oddText);
  switch (schema.type) {
    case "object":
      return schema.properties ? recordOf(schema.properties) : mapOf(schema.additionalProperties);
    case "array":
      return fc.array(anyOf(schema.items ?? {}), { maxLength: 2 });
    case "string":
      return fc.oneof(oddText, fc.constantFrom(...(schema.enum ?? [""])));
    case "integer":
      return fc.oneof(integers, fc.constantFrom(...(schema.enum ?? [0])));
    case "number":
      return fc.oneof(integers, numbers);
    case "boolean":
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const integers = fc.oneof(fc.integer(), fc.constantFrom(0, 65_535, 65_536, 2 ** 53, -(2 ** 31)));

/** JSON knows no -0, and neither does a manifest. */
const numbers = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((number) => (number === 0 ? 0 : number));

function mapOf(values: Schema<unknown> | undefined): fc.Arbitrary<unknown> {
  return fc.dictionary(oddText, values ? anyOf(values) : fc.jsonValue({ maxDepth: 1 }), {
    maxKeys: 2,
  });
}

function recordOf(properties: Readonly<Record<string, Schema<unknown>>>): fc.Arbitrary<unknown> {
  // Large objects with a few of their fields: all of them at once take long and say no more.
  const fields = Object.entries(properties);
  return fc
    .subarray(fields, { maxLength: Math.min(6, fields.length) })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map(([name, of]) => [name, anyOf(of)]))),
    );
}
