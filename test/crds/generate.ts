/** Random manifests after a schema: mostly what a user means, with every field turning up. */

import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { isObject, type JsonObject } from "../../src/core/schema/json-object.ts";
import type { Schema } from "../../src/core/schema/schema.ts";
import type { Random } from "../differential/random.ts";
import { settle } from "./settle.ts";
import { textMatching } from "./text-matching.ts";
import { usualFields } from "./usual.ts";
import { NAMES, WORDS } from "./words.ts";

/** A manifest of `kind`, its own fields after `schema`: the kind's, or another of the same kind. */
export function generateManifest(
  random: Random,
  kind: ResourceKind,
  schema: Schema<unknown> = kind.schema,
): JsonObject {
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  const manifest: Record<string, unknown> = {
    apiVersion,
    kind: kind.kind,
    metadata: metadata(random, kind),
  };
  const usual = usualFields(random, kind.kind);
  if (usual) return { ...manifest, ...usual };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    // The server fills in the status itself.
    if (["apiVersion", "kind", "metadata", "status"].includes(name)) continue;
    manifest[name] = generate(random, property, name, 0);
  }
  return random.chance(85) ? settle(random, manifest) : manifest;
}

function metadata(random: Random, kind: ResourceKind): JsonObject {
  const names = NAMES[kind.kind] ?? NAMES.default ?? ["a"];
  return {
    name: random.pick(names),
    ...(kind.scope === "Namespaced" && random.chance(70) && { namespace: "blue" }),
    ...(random.chance(20) && { labels: { color: "red" } }),
    ...(random.chance(10) && { annotations: { "example.org/note": "é, and more" } }),
  };
}

/** One value that `schema` mostly admits; `name` is the property it is for. */
function generate(random: Random, schema: Schema<unknown>, name: string, depth: number): unknown {
  const words = WORDS[name];
  if (words && schema.type !== "object" && schema.type !== "array" && random.chance(90)) {
    const fitting = words.filter((word) => fits(schema, word));
    if (fitting.length > 0) return random.pick(fitting);
  }
  if (schema.enum) return random.pick(schema.enum);
  if (schema["x-kubernetes-int-or-string"]) return random.pick([80, "80", "6", 6, "TCP"]);
  switch (schema.type) {
    case "object":
      return object(random, schema, name, depth);
    case "array":
      return list(random, schema, name, depth);
    case "string":
      return textMatching(random, schema);
    case "integer":
      return random.pick([schema.minimum ?? 0, schema.maximum ?? 65_535, schema.minimum ?? 1, 4]);
    case "number":
      return random.pick([0, 10, 1000, 1_000_000, -0.5, 1.5e300]);
    case "boolean":
      return random.chance(50);
    default:
      return {};
  }
}

function object(
  random: Random,
  schema: Schema<unknown>,
  name: string,
  depth: number,
): Record<string, unknown> {
  const { properties, additionalProperties, required = [], maxProperties } = schema;
  if (!properties) return map(random, additionalProperties, name, depth);
  const all = Object.keys(properties);
  const few = all.length > 30 ? 4 : 45 - 5 * depth;
  const chosen =
    maxProperties === 1
      ? [random.pick(all)]
      : all.filter((key) => required.includes(key) || random.chance(Math.max(few, 12)));
  const made: Record<string, unknown> = {};
  for (const key of chosen) {
    const property = key === undefined ? undefined : properties[key];
    if (key !== undefined && property) made[key] = generate(random, property, key, depth + 1);
  }
  return made;
}

function map(
  random: Random,
  values: Schema<unknown> | undefined,
  name: string,
  depth: number,
): Record<string, unknown> {
  if (!values) return {};
  const keys = random.some(["color", "example.org/role", "app.kubernetes.io/name"], 0, 2);
  return Object.fromEntries(keys.map((key) => [key, generate(random, values, name, depth + 1)]));
}

function list(random: Random, schema: Schema<unknown>, name: string, depth: number): unknown[] {
  const { items, minItems = 0, maxItems = 3 } = schema;
  if (!items) return [];
  const least = Math.max(minItems, random.chance(92) ? 1 : 0);
  const made = random.times(least, Math.max(least, Math.min(maxItems, 2)), () =>
    generate(random, items, name, depth + 1),
  );
  if (schema["x-kubernetes-list-type"] === undefined) return made;
  const seen = new Set<string>();
  return made.filter((item) => {
    const keys = schema["x-kubernetes-list-map-keys"];
    const key = JSON.stringify(keys && isObject(item) ? keys.map((of) => item[of]) : item);
    return !seen.has(key) && seen.add(key);
  });
}

function fits(schema: Schema<unknown>, word: number | string | boolean): boolean {
  if (schema.enum) return schema.enum.some((value) => value === word);
  if (schema["x-kubernetes-int-or-string"]) return typeof word !== "boolean";
  return schema.type === (typeof word === "number" ? "integer" : typeof word);
}
