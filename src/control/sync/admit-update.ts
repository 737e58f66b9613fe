import { admit } from "../../core/resources/admit.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { resourceKey } from "../../core/resources/resource-key.ts";
import { formatFieldError } from "../../core/schema/field-error.ts";
import type { SyncProblem, SyncUpdate } from "./syncer.ts";

/** The update that an object found means, and what is wrong with it if it is refused. */
export function admitUpdate(
  kind: ResourceKind,
  object: Resource,
): { readonly update: SyncUpdate; readonly problems: readonly SyncProblem[] } {
  const key = resourceKey(object);
  const admission = admit(kind, object);
  if (admission.admitted) return { update: { key, resource: admission.resource }, problems: [] };
  const message = admission.errors.map(formatFieldError).join("; ");
  return { update: { key, resource: undefined }, problems: [{ where: key, message }] };
}
