/** What is wrong with a field, in the words and with the reasons of the Kubernetes API server. */
import { shorten } from "../text/shorten.ts";
import { closest } from "./closest.ts";

/** One thing wrong with a resource. */
export interface FieldError {
  /** Where: `spec.nets[2]`; a key that is no plain word stands in brackets: `metadata.labels[a/b]`. */
  readonly field: string;
  readonly reason: FieldErrorReason;
  /** Everything but the place: `Unsupported value: "allow": supported values: "Allow", "Deny"`. */
  readonly message: string;
}

/** `Unknown` apart, the API server's reason is `FieldValue` and this word. */
export type FieldErrorReason =
  | "Invalid"
  | "TypeInvalid"
  | "Required"
  | "Forbidden"
  | "Duplicate"
  | "NotSupported"
  | "TooMany"
  | "TooLong"
  | "Unknown";

/** The line that a person reads: `spec.node: Required value`, or `unknown field "spec.foo"`. */
export function formatFieldError(error: FieldError): string {
  const placed = error.field === "" || error.reason === "Unknown";
  return placed ? error.message : `${error.field}: ${error.message}`;
}

/** The path of `name` in the object at `field`. */
export function fieldOf(field: string, name: string): string {
  if (!/^[\w-]+$/.test(name)) return `${field}[${name}]`;
  return field === "" ? name : `${field}.${name}`;
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: "Invalid", message: `Invalid value: ${quote(value)}: ${detail}` };
}

export function wrongType(field: string, value: unknown, wanted: string): FieldError {
  const message = `Invalid value: ${quote(value)}: must be of type ${wanted}, not ${typeOf(value)}`;
  return { field, reason: "TypeInvalid", message };
}

export function required(field: string, detail = ""): FieldError {
  return {
    field,
    reason: "Required",
    message: detail ? `Required value: ${detail}` : "Required value",
  };
}

export function forbidden(field: string, detail: string): FieldError {
  return { field, reason: "Forbidden", message: `Forbidden: ${detail}` };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: "Duplicate", message: `Duplicate value: ${quote(value)}` };
}

export function notSupported(
  field: string,
  value: unknown,
  supported: readonly unknown[],
): FieldError {
  const wanted = supported.map(quote).join(", ");
  const message = `Unsupported value: ${quote(value)}: supported values: ${wanted}`;
  return { field, reason: "NotSupported", message };
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  return {
    field,
    reason: "TooMany",
    message: `Too many: ${actual}: must have at most ${max} items`,
  };
}

export function tooLong(field: string, max: number): FieldError {
  return { field, reason: "TooLong", message: `Too long: may not be more than ${max} characters` };
}

/** `known` are the fields that the object has; the nearest one is suggested. */
export function unknownField(field: string, name: string, known: readonly string[]): FieldError {
  const meant = closest(name, known);
  const hint = meant === undefined ? "" : `: did you mean "${meant}"?`;
  return { field, reason: "Unknown", message: `unknown field ${quote(field)}${hint}` };
}

/** The JSON type of a value; whole numbers are integers. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function quote(value: unknown): string {
  return shorten(JSON.stringify(value) ?? String(value));
}
