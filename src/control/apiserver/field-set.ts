/**
 * Sets of fields of an object, in the form `managedFields` keeps them: paths of steps `f:NAME` (a
 * field) and `v:JSON` (an item of a set). A list that is no set is one field, whole.
 */

import { entry, isObject, type JsonObject } from "../../core/schema/json-object.ts";
import type { Schema } from "../../core/schema/schema.ts";

/** A path, its steps joined as JSON: equal paths are equal texts. */
export type FieldPath = string;

/** The fields that are set in `value`, with the value of each; an empty object is a field itself. */
export function fieldsOf(schema: Schema<unknown>, value: unknown): Map<FieldPath, unknown> {
  const found = new Map<FieldPath, unknown>();
  collect(schema, value, [], found);
  return found;
}

/** The fields as `fieldsV1` writes them: a tree of steps. */
export function formatFields(paths: Iterable<FieldPath>): JsonObject {
  interface Tree {
    readonly children: Map<string, Tree>;
    member: boolean;
  }
  const root: Tree = { children: new Map(), member: false };
  for (const path of [...paths].sort()) {
    let node = root;
    for (const step of stepsOf(path)) {
      const child = node.children.get(step) ?? { children: new Map(), member: false };
      node.children.set(step, child);
      node = child;
    }
    node.member = true;
  }
  const format = ({ children, member }: Tree): JsonObject =>
    Object.fromEntries([
      ...(member && children.size > 0 ? [[".", {}] as const] : []),
      ...[...children].map(([step, child]) => [step, format(child)] as const),
    ]);
  return format(root);
}

/** Reads what {@link formatFields} wrote; steps that it does not know are kept as they are. */
export function parseFields(tree: unknown): Set<FieldPath> {
  const found = new Set<FieldPath>();
  const walk = (node: unknown, path: readonly string[]): void => {
    const children = Object.entries(isObject(node) ? node : {});
    if (children.length === 0 && path.length > 0) found.add(JSON.stringify(path));
    for (const [step, child] of children) {
      if (step === ".") found.add(JSON.stringify(path));
      else walk(child, [...path, step]);
    }
  };
  walk(tree, []);
  return found;
}

/** The path as people write it: `.spec.nets["10.0.0.0/8"]`. */
export function formatPath(path: FieldPath): string {
  return stepsOf(path)
    .map((step) => (step.startsWith("f:") ? `.${step.slice(2)}` : `[${step.slice(2)}]`))
    .join("");
}

/** `value` with the fields of `applied` laid over it: objects and sets are merged. */
export function mergeFields(schema: Schema<unknown>, value: unknown, applied: unknown): unknown {
  if (isObject(applied)) {
    const merged = new Map<string, unknown>(Object.entries(isObject(value) ? value : {}));
    for (const [name, item] of Object.entries(applied)) {
      merged.set(name, mergeFields(schemaOf(schema, name), merged.get(name), item));
    }
    return Object.fromEntries(merged);
  }
  if (!Array.isArray(applied) || !isSet(schema) || !Array.isArray(value)) return applied;
  const known = new Set(value.map((item) => JSON.stringify(item)));
  return [...value, ...applied.filter((item) => !known.has(JSON.stringify(item)))];
}

/** `value` without these fields, and without objects and sets that lose all they had. */
export function withoutFields(value: unknown, paths: Iterable<FieldPath>): unknown {
  let rest = value;
  for (const path of paths) rest = without(rest, stepsOf(path));
  return rest;
}

function without(value: unknown, [step, ...deeper]: readonly string[]): unknown {
  if (step === undefined) return undefined;
  if (Array.isArray(value)) {
    const rest = value.filter((item) => `v:${JSON.stringify(item)}` !== step);
    return rest.length === 0 ? undefined : rest;
  }
  const name = step.slice(2);
  if (!isObject(value) || !Object.hasOwn(value, name)) return value;
  const entries = new Map(Object.entries(value));
  const rest = without(entries.get(name), deeper);
  if (rest === undefined) entries.delete(name);
  else entries.set(name, rest);
  return entries.size === 0 ? undefined : Object.fromEntries(entries);
}

function collect(
  schema: Schema<unknown>,
  value: unknown,
  path: readonly string[],
  found: Map<FieldPath, unknown>,
): void {
  if (Array.isArray(value) && isSet(schema)) {
    for (const item of value)
      found.set(JSON.stringify([...path, `v:${JSON.stringify(item)}`]), item);
    return;
  }
  if (!isObject(value) || Object.keys(value).length === 0) {
    found.set(JSON.stringify(path), value);
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    collect(schemaOf(schema, name), item, [...path, `f:${name}`], found);
  }
}

function schemaOf(schema: Schema<unknown>, name: string): Schema<unknown> {
  const declared = entry(schema.properties, name);
  return isObject(declared) ? declared : (schema.additionalProperties ?? {});
}

function isSet(schema: Schema<unknown>): boolean {
  return schema["x-kubernetes-list-type"] === "set";
}

function stepsOf(path: FieldPath): readonly string[] {
  return JSON.parse(path) as string[];
}
