/** What is to be said on the status of an object. */
import { type Condition, conditionOf } from "../../control/apiserver/condition.ts";
import type { Registry } from "../../control/apiserver/registry.ts";
import { Refusal } from "../../control/apiserver/status.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { type JsonObject, textAt } from "../../core/schema/json-object.ts";

export interface StatusReport {
  readonly apiVersion: string;
  readonly kind: string;
  /** "" where there is none. */
  readonly namespace: string;
  readonly name: string;
  /** The type of the condition. */
  readonly type: string;
  /** Absent: what was said under the type is taken back. */
  readonly said?: Condition;
  /** Written beside it. */
  readonly fields?: JsonObject;
}

/** Whether the object's status says this already, in these words. */
export function isSaid(object: Resource, type: string, said: Condition | undefined): boolean {
  const before = conditionOf(object, type);
  if (!said) return before === undefined;
  return textAt(before, "status") === said.status && textAt(before, "message") === said.message;
}

/** Writes it on the object, unless that went, or may not be written, in the meantime. */
export async function writeReport(registry: Registry, report: StatusReport): Promise<void> {
  const { apiVersion, namespace, name, type, said, fields } = report;
  const kind = registry.catalog.named(apiVersion, report.kind);
  if (!kind) return;
  try {
    await registry.decided(() => {
      if (said) registry.reportCondition(kind, namespace, name, said, fields);
      else registry.withdrawCondition(kind, namespace, name, type);
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
