/** Refusals, told the way the Kubernetes API tells them: a Status object and its HTTP code. */

import type { ResourceKind } from "../../core/resources/resource.ts";
import { type FieldError, formatFieldError } from "../../core/schema/field-error.ts";
import { shorten } from "../../core/text/shorten.ts";

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
}

/** What the API answers when it has no object to give. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: object;
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** Thrown to end a request; whatever it had begun to write is undone. */
export class Refusal extends Error {
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = "Refusal";
    this.status = failure(code, reason, message, details);
  }
}

export function failure(
  code: number,
  reason: string,
  message: string,
  details?: StatusDetails,
): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details && { details }),
    code,
  };
}

export function success(details: StatusDetails): Status {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details, code: 200 };
}

/** What a message calls the resource: `tiers.projectcalico.org`. */
export function resourceName(kind: ResourceKind): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}

export function detailsOf(kind: ResourceKind, name: string): StatusDetails {
  return { name, ...(kind.group !== "" && { group: kind.group }), kind: kind.plural };
}

export function notFound(kind: ResourceKind, name: string): Refusal {
  const message = `${resourceName(kind)} "${name}" not found`;
  return new Refusal(404, "NotFound", message, detailsOf(kind, name));
}

export function unknownResource(): Refusal {
  return new Refusal(404, "NotFound", "the server could not find the requested resource");
}

export function alreadyExists(kind: ResourceKind, name: string): Refusal {
  const message = `${resourceName(kind)} "${name}" already exists`;
  return new Refusal(409, "AlreadyExists", message, detailsOf(kind, name));
}

export function conflict(kind: ResourceKind, name: string, detail: string): Refusal {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${detail}`;
  return new Refusal(409, "Conflict", message, detailsOf(kind, name));
}

/** The object is no longer what the writer saw. */
export function modified(kind: ResourceKind, name: string): Refusal {
  const detail =
    "the object has been modified; please apply your changes to the latest version and try again";
  return conflict(kind, name, detail);
}

/** What the write builds on changed each time before it was decided on. */
export function unsettled(): Refusal {
  const message =
    "the write could not be decided on: what it depends on kept changing; please try again";
  return new Refusal(409, "Conflict", message);
}

/** The server cannot do it now; later it may. */
export function unavailable(message: string): Refusal {
  return new Refusal(503, "ServiceUnavailable", message);
}

export function forbidden(kind: ResourceKind, name: string, detail: string): Refusal {
  const message = `${resourceName(kind)} "${name}" is forbidden: ${detail}`;
  return new Refusal(403, "Forbidden", message, detailsOf(kind, name));
}

export function invalid(kind: ResourceKind, name: string, errors: readonly FieldError[]): Refusal {
  const called = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const lines = errors.map(formatFieldError);
  const list = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const causes = errors.map(({ field, reason, message }) => ({
    reason: `FieldValue${reason}`,
    message,
    field,
  }));
  return new Refusal(422, "Invalid", `${called} "${shorten(name)}" is invalid: ${list}`, {
    ...detailsOf(kind, name),
    kind: kind.kind,
    causes,
  });
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}

export function unauthorized(): Refusal {
  return new Refusal(401, "Unauthorized", "Unauthorized");
}

export function expired(message: string): Refusal {
  return new Refusal(410, "Expired", message);
}

export function notAllowed(method: string): Refusal {
  const message = `the server does not allow this method on the requested resource: ${method}`;
  return new Refusal(405, "MethodNotAllowed", message);
}

export function notAcceptable(): Refusal {
  const message = "only the following media types are accepted: application/json";
  return new Refusal(406, "NotAcceptable", message);
}

export function unsupportedMediaType(type: string, wanted: readonly string[]): Refusal {
  const message = `the body of the request was in an unknown format - accepted media types include: ${wanted.join(", ")} (not ${type || "none"})`;
  return new Refusal(415, "UnsupportedMediaType", message);
}

export function tooLarge(limit: number): Refusal {
  const message = `the request's body is larger than the limit of ${limit} bytes`;
  return new Refusal(413, "RequestEntityTooLarge", message);
}
