/** The one way from an unknown value to a resource: schema, defaults, checks. */

import { withSchemaDefaults } from "../schema/defaults.ts";
import { type FieldError, wrongType } from "../schema/field-error.ts";
import { isObject } from "../schema/json-object.ts";
import { soundPart } from "../schema/sound-part.ts";
import { inspect } from "../schema/validate.ts";
import { type AnyResource, apiVersionOf } from "./kinds.ts";
import type { Resource, ResourceKind } from "./resource.ts";

/** The resource with its defaults, or everything that is wrong with it. */
export type Admission =
  | { readonly admitted: true; readonly resource: AnyResource }
  /** Never empty; in the order of the value's fields, then of the kind's checks. */
  | { readonly admitted: false; readonly errors: readonly FieldError[] };

/**
 * Reads `value` as an object of `kind`, fills in its defaults and lists everything wrong with it.
 * A null field counts as absent.
 */
export function admit(kind: ResourceKind, value: unknown): Admission {
  const { object, errors, isShaped } = shape(kind, value);
  if (!isShaped)
    return { admitted: false, errors: [...errors, ...checkRest(kind, object, errors)] };
  // It has its metadata, of the right shape; that a name is in there, the kind's checks see to.
  const resource = kind.withDefaults(object as Resource);
  const found = kind.check(resource);
  if (errors.length > 0 || found.length > 0) {
    return { admitted: false, errors: [...errors, ...found] };
  }
  // The schema and the checks of its kind found nothing: that is what being of the kind means.
  return { admitted: true, resource: resource as AnyResource };
}

/** What the kind's checks say of an object in which some has the wrong shape, that left out. */
function checkRest(
  kind: ResourceKind,
  object: unknown,
  errors: readonly FieldError[],
): readonly FieldError[] {
  const part = soundPart(kind.schema, object);
  if (!part) return [];
  const refused = new Set(errors.map(({ field }) => field));
  return kind
    .check(kind.withDefaults(part.value as Resource))
    .map((error) => ({ ...error, field: part.writtenAt(error.field) }))
    .filter(({ field }) => !refused.has(field));
}

/** An object with the defaults of its schema, and what the schema and its rules refuse in it. */
export interface Shape {
  readonly object: unknown;
  readonly errors: readonly FieldError[];
  /** Whether types and required fields are right, so that the kind's checks can read it. */
  readonly isShaped: boolean;
}

/**
 * What a Kubernetes API server makes of `value` that knows the kind by its CustomResourceDefinition
 * alone, metadata apart: the first half of {@link admit}.
 */
export function shape(kind: ResourceKind, value: unknown): Shape {
  if (!isObject(value)) {
    return { object: value, errors: [wrongType("", value, "object")], isShaped: false };
  }
  const named = { ...value, apiVersion: apiVersionOf(kind), kind: kind.kind };
  const object = withSchemaDefaults(kind.schema, named);
  const { errors, isShaped } = inspect(kind.schema, object);
  return { object, errors, isShaped };
}
