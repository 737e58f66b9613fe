/** What a request's query asks. */

import { textAt } from "../../core/schema/json-object.ts";
import type { FieldValidation } from "./admission.ts";
import type { ListQuery } from "./list.ts";
import { badRequest } from "./status.ts";
import type { IncludeObject } from "./table.ts";

/** The query's parameters by name, as `URLSearchParams` has them. */
export type Parameters = URLSearchParams;

/** `kubectl/v1.32.4 (…)` is kubectl: who writes, when the query does not say. */
export function fieldManager(parameters: Parameters, userAgent: string | undefined): string {
  const named = parameters.get("fieldManager");
  if (named !== null && named.length > 128) {
    throw badRequest("fieldManager may not be longer than 128 characters");
  }
  return named || (userAgent ?? "").split("/", 1)[0]?.slice(0, 128) || "unknown";
}

/** Strict unless a client asks for less: a field that is dropped could widen a policy. */
export function fieldValidation(parameters: Parameters): FieldValidation {
  const found = parameters.get("fieldValidation") || "Strict";
  if (found === "Strict" || found === "Warn" || found === "Ignore") return found;
  throw badRequest(`fieldValidation must be Strict, Warn or Ignore, not ${JSON.stringify(found)}`);
}

/** Whether nothing is to be written: said in the query, or in the options of a delete. */
export function dryRun(parameters: Parameters, options?: unknown): boolean {
  const inBody = (options as { readonly dryRun?: unknown } | undefined)?.dryRun;
  const found = [...parameters.getAll("dryRun"), ...(Array.isArray(inBody) ? inBody : [])];
  const wrong = found.find((value) => value !== "All" && value !== "");
  if (wrong !== undefined) throw badRequest(`dryRun must be All, not ${JSON.stringify(wrong)}`);
  return found.includes("All");
}

export function isTrue(parameters: Parameters, name: string): boolean {
  const value = parameters.get(name);
  return value === "true" || value === "1" || value === "";
}

/** A whole number that is not negative; undefined when it is not given. */
export function count(parameters: Parameters, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === null || value === "") return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw badRequest(`${name} must be a whole number, not ${JSON.stringify(value)}`);
}

export function listQuery(
  parameters: Parameters,
  place: Pick<ListQuery, "kind" | "namespace">,
): ListQuery {
  return {
    ...place,
    labelSelector: parameters.get("labelSelector") ?? "",
    fieldSelector: parameters.get("fieldSelector") ?? "",
    limit: count(parameters, "limit") ?? 0,
    continue: parameters.get("continue") ?? "",
    resourceVersion: parameters.get("resourceVersion") ?? "",
    resourceVersionMatch: parameters.get("resourceVersionMatch") ?? "",
  };
}

export function includeObject(parameters: Parameters): IncludeObject {
  const found = parameters.get("includeObject") || "Metadata";
  if (found === "None" || found === "Metadata" || found === "Object") return found;
  throw badRequest(`includeObject must be None, Metadata or Object, not ${JSON.stringify(found)}`);
}

/** What the body of a DELETE asks for. */
export function preconditions(options: unknown): {
  readonly uid?: string;
  readonly resourceVersion?: string;
} {
  const found = (options as { readonly preconditions?: unknown } | undefined)?.preconditions;
  const uid = textAt(found, "uid");
  const resourceVersion = textAt(found, "resourceVersion");
  return {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
