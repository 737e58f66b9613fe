/** What an object must be to be stored, whoever sends it. */

import { admit } from "../../core/resources/admit.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { formatFieldError } from "../../core/schema/field-error.ts";
import { type JsonObject, objectAt, textAt } from "../../core/schema/json-object.ts";
import { validate } from "../../core/schema/validate.ts";
import { prune } from "./prune.ts";
import { badRequest, invalid } from "./status.ts";

/** What becomes of fields that the schema does not know: refused, left out and told, left out. */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

export interface Admitted {
  readonly object: Resource;
  /** For the client's eyes, a line each. */
  readonly warnings: readonly string[];
}

/** The object with its defaults, or a refusal that lists everything wrong with it. */
export function admitted(
  kind: ResourceKind,
  sent: JsonObject,
  fieldValidation: FieldValidation,
): Admitted {
  const known = fieldValidation === "Strict" ? sent : prune(kind.schema, sent);
  const admission = admit(kind, known);
  if (admission.admitted) {
    return { object: admission.resource, warnings: warningsOf(kind, sent, fieldValidation) };
  }
  const { errors } = admission;
  if (errors.every(({ reason }) => reason === "Unknown")) {
    const version = `${kind.kind} in version "${kind.version}"`;
    const list = errors.map(formatFieldError).join(", ");
    throw badRequest(
      `${version} cannot be handled as a ${kind.kind}: strict decoding error: ${list}`,
    );
  }
  throw invalid(kind, textAt(objectAt(sent, "metadata"), "name") ?? "", errors);
}

function warningsOf(
  kind: ResourceKind,
  sent: JsonObject,
  fieldValidation: FieldValidation,
): readonly string[] {
  if (fieldValidation !== "Warn") return [];
  const unknown = validate(kind.schema, sent).filter(({ reason }) => reason === "Unknown");
  return unknown.map(formatFieldError);
}
