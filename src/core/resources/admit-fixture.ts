/** Asks a kind for its opinion of a spec, in tests. */
import { formatFieldError } from "../schema/field-error.ts";
import { admit } from "./admit.ts";
import type { Resource, ResourceKind } from "./resource.ts";

/** The object of a test unless it says otherwise: its name is `a`. */
export function admitted(kind: ResourceKind, fields: object, name = "a"): Resource {
  const admission = admit(kind, { metadata: { name }, ...fields });
  if (admission.admitted) return admission.resource;
  throw new Error(admission.errors.map(formatFieldError).join("\n"));
}

/** Its spec as it is stored, defaults filled in. */
export function specOf(kind: ResourceKind, spec: object, name?: string): unknown {
  const resource: object = admitted(kind, { spec }, name);
  return "spec" in resource ? resource.spec : undefined;
}

/** What is wrong with it, a line each; "" when nothing is. */
export function refusalOf(kind: ResourceKind, fields: object, name = "a"): string {
  const admission = admit(kind, { metadata: { name }, ...fields });
  return admission.admitted ? "" : admission.errors.map(formatFieldError).join("\n");
}
