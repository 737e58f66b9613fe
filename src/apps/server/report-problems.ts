/**
 * Writes on the status of objects what of them cannot be in force as written, so that whoever
 * applied one sees it there: a condition `Enforceable` that is `False`, gone when all is well.
 */
import { hasStatus } from "../../control/apiserver/catalog.ts";
import { type Condition, conditionOf } from "../../control/apiserver/condition.ts";
import type { Registry } from "../../control/apiserver/registry.ts";
import { Refusal, resourceName } from "../../control/apiserver/status.ts";
import { modelOf } from "../../core/model/convert.ts";
import type { Problem } from "../../core/model/model.ts";
import { admit } from "../../core/resources/admit.ts";
import { apiVersionOf } from "../../core/resources/kinds.ts";
import { textAt } from "../../core/schema/json-object.ts";

/** Enforcement comes first: statuses are looked at when writes have paused for so long. */
const PAUSE_MS = 250;
const CONDITION = "Enforceable";

/** Keeps statuses up to date until the function returned is called. */
export function reportProblems(registry: Registry): () => void {
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => writeStatuses(registry), PAUSE_MS).unref();
  };
  later();
  const unsubscribe = registry.storage.subscribe(later);
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}

/** Brings the condition of every object that has a status in line with the model's problems. */
export function writeStatuses(registry: Registry): void {
  const stored = registry.catalog.kinds.flatMap((kind) => {
    const page = registry.storage.list({ type: resourceName(kind) });
    return page === "Expired" ? [] : page.objects.map((object) => ({ kind, object }));
  });
  const { problems } = modelOf(
    stored.flatMap(({ kind, object }) => {
      const admission = admit(kind, object);
      return admission.admitted ? [admission.resource] : [];
    }),
  );
  const byObject = Map.groupBy(problems, keyOf);
  for (const { kind, object } of stored) {
    if (!hasStatus(kind)) continue;
    const { name, namespace = "" } = object.metadata;
    const key = keyOf({ apiVersion: apiVersionOf(kind), kind: kind.kind, namespace, name });
    const message = messageOf(byObject.get(key) ?? []);
    if (textAt(conditionOf(object, CONDITION), "message") === message) continue;
    try {
      if (message === undefined) registry.withdrawCondition(kind, namespace, name, CONDITION);
      else registry.reportCondition(kind, namespace, name, notAsWritten(message));
    } catch (error) {
      // It went, or changed, in the meantime: the change that did it calls here again.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

function notAsWritten(message: string): Condition {
  return { type: CONDITION, status: "False", reason: "NotAsWritten", message };
}

function messageOf(problems: readonly Problem[]): string | undefined {
  if (problems.length === 0) return undefined;
  return problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
}

type ObjectName = Pick<Problem, "apiVersion" | "kind" | "namespace" | "name">;

function keyOf({ apiVersion, kind, namespace, name }: ObjectName): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`;
}
