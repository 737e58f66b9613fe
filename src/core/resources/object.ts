/** The parts of a schema that every kind shares, and how a kind is declared. */
import type { FieldError } from "../schema/field-error.ts";
import {
  anything,
  type Fields,
  integer,
  list,
  listMap,
  map,
  object,
  oneOf,
  openObject,
  optional,
  string,
} from "../schema/schema.ts";
import { checkMetadata, type NameRule } from "./metadata-check.ts";
import { dnsSubdomainProblem } from "./names.ts";
import type { Resource, ResourceKind } from "./resource.ts";

const time = (description: string) => string({ format: "date-time", description });

/** A null among the strings of labels and annotations is an empty one, as Kubernetes reads it. */
const strings = (description: string) => map(string({ default: "" }), { description });

/** The metadata of every object. */
export const objectMeta = object(
  {
    name: optional(string({ description: "Unique among objects of the kind in a namespace." })),
    generateName: optional(string({ description: "A prefix; the server completes the name." })),
    namespace: optional(string({ description: "The namespace it lives in." })),
    labels: optional(strings("What selectors select by.")),
    annotations: optional(strings("Notes that no selector sees.")),
    uid: optional(string({ description: "Tells it from all objects that ever were." })),
    resourceVersion: optional(string({ description: "The version, as the server counts." })),
    generation: optional(
      integer({ format: "int64", description: "How often what is wanted was changed." }),
    ),
    creationTimestamp: optional(time("When it was created.")),
    deletionTimestamp: optional(time("Since when it is being deleted.")),
    deletionGracePeriodSeconds: optional(
      integer({ format: "int64", description: "How long its deletion may take." }),
    ),
    finalizers: optional(
      list(string({ description: "Whoever must act." }), {
        description: "Who must act before it may go.",
      }),
    ),
    ownerReferences: optional(
      list(anything({ description: "An owner." }), { description: "With whom it goes." }),
    ),
    managedFields: optional(
      list(anything({ description: "A client's fields." }), {
        description: "Which client set which field.",
      }),
    ),
    selfLink: optional(string({ description: "No longer used." })),
  },
  { description: "Name, namespace, labels and what the server keeps about an object." },
);

const condition = object(
  {
    type: string({
      maxLength: 316,
      pattern:
        "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?" +
        "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
      description: "What is said, e.g. `Enforced`; there is one condition of a type.",
    }),
    status: oneOf(["True", "False", "Unknown"], { description: "Whether it holds." }),
    observedGeneration: optional(
      integer({ format: "int64", minimum: 0, description: "Of which generation it is said." }),
    ),
    lastTransitionTime: time("Since when it holds or does not."),
    reason: string({
      minLength: 1,
      maxLength: 1024,
      pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
      description: "Why, in one word for programs.",
    }),
    message: string({ maxLength: 32_768, description: "Why, for people." }),
  },
  { description: "One thing that is so or not so now." },
);

/** The conditions in a status. */
export const conditions = optional(
  listMap(["type"], condition, { description: "What holds of the object now." }),
);

/** What the server reports of an object; whatever else a cluster wrote there is kept. */
export const status = openObject(
  { conditions },
  { description: "What the server reports of the object." },
);

/** The schema of a whole object whose own fields (spec, status, …) are `fields`. */
export function objectSchema<F extends Fields>(
  fields: F,
  extra: { readonly description?: string } = {},
) {
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
  extends Omit<
    ResourceKind,
    "singular" | "shortNames" | "selectableFields" | "withDefaults" | "check"
  > {
  readonly shortNames?: readonly string[];
  readonly selectableFields?: readonly string[];
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
    selectableFields: declared.selectableFields ?? [],
    withDefaults: (resource) => declared.withDefaults?.(resource as R) ?? resource,
    check: (resource) => {
      const errors = checkMetadata(resource, declared.scope, nameProblem);
      const own = declared.check?.(resource as R) ?? [];
      return own.length > 0 ? [...errors, ...own] : errors;
    },
  };
}
