/** Conditions: what the enforcing side reports on an object's status. */

import { entry, isObject, objectAt, textAt } from "./json-object.ts";

/** One thing said of an object; an object has one condition a type. */
export interface Condition {
  /** `Enforced`, say. */
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
  /** The generation of the object that was judged. */
  readonly observedGeneration?: number;
}

/**
 * The status of `object` with this condition in place of the one of its type. `time` (RFC 3339) is
 * taken down only when the condition's own status changes.
 */
export function statusWithCondition(object: unknown, condition: Condition, time: string): object {
  const status = objectAt(object, "status");
  const found = entry(status, "conditions");
  const conditions = Array.isArray(found) ? found.filter(isObject) : [];
  const before = conditions.find((known) => textAt(known, "type") === condition.type);
  const isSame = textAt(before, "status") === condition.status;
  const lastTransitionTime = (isSame && textAt(before, "lastTransitionTime")) || time;
  const next = { ...condition, lastTransitionTime };
  const rest = conditions.filter((known) => known !== before);
  const byType = (a: object, b: object): number =>
    (textAt(a, "type") ?? "") < (textAt(b, "type") ?? "") ? -1 : 1;
  return { ...status, conditions: [...rest, next].sort(byType) };
}
