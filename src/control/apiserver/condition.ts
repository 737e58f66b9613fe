/** Conditions: what the enforcing side reports on an object's status. */

import {
  entry,
  isObject,
  type JsonObject,
  objectAt,
  textAt,
} from "../../core/schema/json-object.ts";
import { compareBytes } from "../../core/text/byte-order.ts";

/** One thing said of an object; an object has one condition a type. */
export interface Condition {
  /** `Enforced`, say. */
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

/**
 * The status of `object` with this condition in place of the one of its type. `time` (RFC 3339) is
 * taken down only when the condition's own status changes.
 */
export function statusWithCondition(object: unknown, condition: Condition, time: string): object {
  const before = conditionOf(object, condition.type);
  const isSame = textAt(before, "status") === condition.status;
  const lastTransitionTime = (isSame && textAt(before, "lastTransitionTime")) || time;
  const next = { ...condition, lastTransitionTime };
  const typeOf = (known: object): string => textAt(known, "type") ?? "";
  const conditions = [...conditionsOf(object).filter((known) => known !== before), next];
  conditions.sort((a, b) => compareBytes(typeOf(a), typeOf(b)));
  return { ...objectAt(object, "status"), conditions };
}

/** The status of `object` with nothing said of this type. */
export function statusWithoutCondition(object: unknown, type: string): object {
  const before = conditionOf(object, type);
  const conditions = conditionsOf(object).filter((known) => known !== before);
  return { ...objectAt(object, "status"), conditions };
}

/** What is said of `object` under this type. */
export function conditionOf(object: unknown, type: string): JsonObject | undefined {
  return conditionsOf(object).find((known) => textAt(known, "type") === type);
}

function conditionsOf(object: unknown): readonly JsonObject[] {
  const found = entry(objectAt(object, "status"), "conditions");
  return Array.isArray(found) ? found.filter(isObject) : [];
}
