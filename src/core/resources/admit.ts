/** The one way from an unknown value to a resource: schema, defaults, checks. */

import { type FieldError, wrongType } from "../schema/field-error.ts";
import { isObject } from "../schema/json-object.ts";
import { validate } from "../schema/validate.ts";
import { type AnyResource, apiVersionOf } from "./kinds.ts";
import type { Resource, ResourceKind } from "./resource.ts";

/** The resource with its defaults, or everything that is wrong with it. */
export type Admission =
  | { readonly admitted: true; readonly resource: AnyResource }
  /** Never empty; in the order of the value's fields, then of the kind's checks. */
  | { readonly admitted: false; readonly errors: readonly FieldError[] };

/**
 * Reads `value` as an object of `kind`, fills in its defaults and lists everything wrong with it.
 * A null field of `metadata`, or anywhere in Kubernetes' own kinds, counts as absent.
 */
export function admit(kind: ResourceKind, value: unknown): Admission {
  if (!isObject(value)) return { admitted: false, errors: [wrongType("", value, "object")] };
  const object = withoutNulls(kind, { ...value, apiVersion: apiVersionOf(kind), kind: kind.kind });
  const errors = validate(kind.schema, object);
  const shapeless = errors.some(({ reason }) => reason === "TypeInvalid" || reason === "Required");
  if (shapeless) return { admitted: false, errors };
  // It has its metadata, of the right shape; that a name is in there, the kind's checks see to.
  const resource = kind.withDefaults(object as unknown as Resource);
  errors.push(...kind.check(resource));
  if (errors.length > 0) return { admitted: false, errors };
  // The schema and the checks of its kind found nothing: that is what being of the kind means.
  return { admitted: true, resource: resource as AnyResource };
}

function withoutNulls(
  kind: ResourceKind,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (kind.group !== "projectcalico.org") return dropNulls(value);
  return isObject(value.metadata) ? { ...value, metadata: dropNulls(value.metadata) } : value;
}

function dropNulls<T>(value: T): T;
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([name, item]) => [name, dropNulls(item)]));
}
