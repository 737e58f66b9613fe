/** The parts of a schema that every kind shares, and how a kind is declared. */
import type { FieldError } from "../schema/field-error.ts";
import {
  anything,
  type Fields,
  integer,
  list,
  map,
  object,
  openObject,
  optional,
  type Schema,
  string,
} from "../schema/schema.ts";
import { checkMetadata, type NameRule } from "./metadata-check.ts";
import { dnsSubdomainProblem } from "./names.ts";
import type { Resource, ResourceKind } from "./resource.ts";

const time = string({ format: "date-time" });

const objectMeta = object(
  {
    name: optional(string({ description: "Unique among objects of the kind in a namespace." })),
    generateName: optional(string({ description: "A prefix; the server completes the name." })),
    namespace: optional(string({ description: "The namespace it lives in." })),
    labels: optional(map(string(), { description: "What selectors select by." })),
    annotations: optional(map(string(), { description: "Notes that no selector sees." })),
    uid: optional(string()),
    resourceVersion: optional(string()),
    generation: optional(integer({ format: "int64" })),
    creationTimestamp: optional(time),
    deletionTimestamp: optional(time),
    deletionGracePeriodSeconds: optional(integer({ format: "int64" })),
    finalizers: optional(list(string())),
    ownerReferences: optional(list(anything())),
    managedFields: optional(list(anything())),
    selfLink: optional(string()),
  },
  { description: "Name, namespace, labels and what the server keeps about an object." },
);

/** What the server reports of an object; whatever else a cluster wrote there is kept. */
export const status = openObject(
  { conditions: optional(list(anything(), { description: "What holds of the object now." })) },
  { description: "What the server reports of the object." },
);

/** The schema of a whole object whose own fields (spec, status, …) are `fields`. */
export function objectSchema(
  fields: Fields,
  extra: { readonly description?: string } = {},
): Schema<unknown> {
  return object(
    {
      apiVersion: optional(string({ description: "Group and version of the kind." })),
      kind: optional(string({ description: "What this object is." })),
      metadata: objectMeta,
      ...fields,
    },
    extra,
  );
}

interface KindOf<R extends Resource>
  extends Omit<ResourceKind, "singular" | "shortNames" | "withDefaults" | "check"> {
  readonly shortNames?: readonly string[];
  /** Defaults that depend on other fields; those of the schema are filled in already. */
  readonly withDefaults?: (resource: R) => R;
  /** What neither the schema nor the rules of metadata say. */
  readonly check?: (resource: R) => FieldError[];
  /** A DNS subdomain when absent. */
  readonly nameProblem?: NameRule;
}

/** Declares a kind whose objects, once past `declared.schema`, are `R`. */
export function defineKind<R extends Resource>(declared: KindOf<R>): ResourceKind {
  const { nameProblem = dnsSubdomainProblem, ...kind } = declared;
  return {
    ...kind,
    singular: declared.kind.toLowerCase(),
    shortNames: declared.shortNames ?? [],
    withDefaults: (resource) => declared.withDefaults?.(resource as R) ?? resource,
    check: (resource) => [
      ...checkMetadata(resource, declared.scope, nameProblem),
      ...(declared.check?.(resource as R) ?? []),
    ],
  };
}
