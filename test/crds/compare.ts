/** Our verdict on a manifest beside the API server's. */

import { isDeepStrictEqual } from "node:util";
import { type Admission, admit, type Shape, shape } from "../../src/core/resources/admit.ts";
import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { type FieldError, formatFieldError } from "../../src/core/schema/field-error.ts";
import {
  isObject,
  type JsonObject,
  objectAt,
  withEntries,
} from "../../src/core/schema/json-object.ts";
import type { Schema } from "../../src/core/schema/schema.ts";
import { isKnownRule } from "./known-rules.ts";
import type { Judgement, Refusal } from "./server-side.ts";

/** A manifest, and what became of it on either side. */
export interface Case {
  readonly kind: ResourceKind;
  readonly manifest: unknown;
  /** By the kind's definition alone. */
  readonly shape: Shape;
  /** By everything that is checked here. */
  readonly admission: Admission;
  readonly theirs: Judgement;
}

/** In what we and the server differ over a case. */
export interface Difference {
  readonly sort: "we refuse" | "they refuse" | "we admit" | "defaults" | "unknown rule";
  readonly why: string;
  readonly of: Case;
}

export type Compare = (one: Case) => Difference | undefined;

export function caseOf(kind: ResourceKind, manifest: unknown, theirs: Judgement): Case {
  const admission = admit(kind, manifest);
  return { kind, manifest, shape: shape(kind, manifest), admission, theirs };
}

/**
 * Judges a kind that the server knows by a CustomResourceDefinition. It and {@link shape} must say
 * the same; what we refuse beyond it must be by a rule that the definition cannot hold.
 */
export const compareByDefinition: Compare = (one) => {
  const { kind, shape, admission, theirs } = one;
  if (!theirs.accepted) {
    if (admission.admitted) return { sort: "we admit", why: theirs.message, of: one };
    if (shape.errors.length > 0 || isOfMetadata(theirs)) return undefined;
    return { sort: "they refuse", why: theirs.message, of: one };
  }
  if (shape.errors.length > 0) return { sort: "we refuse", why: text(shape.errors), of: one };
  const unknown = errorsOf(admission).filter((error) => hasReference(kind) && !isKnownRule(error));
  if (unknown.length > 0) return { sort: "unknown rule", why: text(unknown), of: one };
  return compareDefaults(one, bare(shape.object), bare(theirs.object));
};

/** Judges a kind of Kubernetes' own: of it we may read some fields only, and keep the others. */
export const compareBuiltIn: Compare = (one) => {
  const { kind, admission, theirs } = one;
  if (!theirs.accepted) {
    return admission.admitted ? { sort: "we admit", why: theirs.message, of: one } : undefined;
  }
  if (!admission.admitted) return { sort: "we refuse", why: text(admission.errors), of: one };
  const read = (object: unknown): unknown => withoutEmpty(declared(kind.schema, bare(object)));
  return compareDefaults(one, read(admission.resource), read(theirs.object));
};

/** What its own group has, the project made up. */
function hasReference({ group }: ResourceKind): boolean {
  return group !== "picket.io";
}

function compareDefaults(one: Case, ours: unknown, theirs: unknown): Difference | undefined {
  if (isDeepStrictEqual(ours, theirs)) return undefined;
  const why = `ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`;
  return { sort: "defaults", why, of: one };
}

function errorsOf(admission: Admission): readonly FieldError[] {
  return admission.admitted ? [] : admission.errors;
}

function text(errors: readonly FieldError[]): string {
  return errors.map(formatFieldError).join("; ");
}

/** A name or a label is no matter of a definition: here the kind's own checks refuse those. */
function isOfMetadata({ message, causes }: Refusal): boolean {
  if (message.startsWith("the namespace of the provided object")) return true;
  // Where metadata is bad the server says that it did not ask all rules.
  const said = causes.filter((cause) => !cause.message.includes("rules were not checked"));
  return said.length > 0 && said.every(({ field }) => field.startsWith("metadata"));
}

/** What the server adds to every object; the namespace it takes from the request. */
const SERVERS_OWN: ReadonlySet<string> = new Set([
  ...["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "namespace"],
]);

/** The object without what only a server knows: the status, and most of the metadata. */
export function bare(object: unknown): unknown {
  if (!isObject(object)) return object;
  const metadata = Object.entries(objectAt(object, "metadata")).filter(
    ([name, value]) => !SERVERS_OWN.has(name) && !isEmpty(value),
  );
  return withEntries(object, [
    ["metadata", Object.fromEntries(metadata)],
    ["status", undefined],
  ]);
}

/** What a cluster gives out to services: differences.md, "Service without an address". */
const GIVEN_OUT: ReadonlySet<string> = new Set(["clusterIP", "clusterIPs", "nodePort"]);

/** Of `value` only the fields that `schema` declares. */
function declared(schema: Schema<unknown>, value: unknown): unknown {
  const { items, properties } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => declared(items, item)) : value;
  if (!isObject(value) || !properties) return value;
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return property && !GIVEN_OUT.has(name) ? [[name, declared(property, item)] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Kubernetes' own kinds make no difference between what is empty and what is absent. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, withoutEmpty(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => !isEmpty(item)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value as JsonObject).length === 0;
}
