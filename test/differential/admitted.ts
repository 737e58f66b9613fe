import { admit } from "../../src/core/resources/admit.ts";
import { type AnyResource, kindOf } from "../../src/core/resources/kinds.ts";

/** The resource as a server would take it. One that is refused is the generator's mistake. */
export function admitted(resource: AnyResource): AnyResource {
  const kind = kindOf(resource.apiVersion, resource.kind);
  const admission = kind && admit(kind, resource);
  if (admission?.admitted) return admission.resource;
  const errors = admission?.errors.map(({ field, message }) => `${field}: ${message}`);
  throw new Error(`${resource.kind} ${resource.metadata.name}: ${errors?.join("; ")}`);
}
