/**
 * Says on the status of objects what of them cannot be in force as written, so that whoever applied
 * one sees it there: a condition `Enforceable` that is `False`, gone when all is well.
 */
import { hasStatus } from "../../control/apiserver/catalog.ts";
import type { Condition } from "../../control/apiserver/condition.ts";
import type { Problem } from "../../core/model/model.ts";
import { apiVersionOf } from "../../core/resources/kinds.ts";
import { isSaid, type StatusReport } from "./status-report.ts";
import type { Stored } from "./stored-cluster.ts";

const CONDITION = "Enforceable";

/** What the statuses of these objects do not say yet of the cluster's problems. */
export function problemReports(
  stored: Iterable<Stored>,
  problems: readonly Problem[],
): StatusReport[] {
  const byObject = Map.groupBy(problems, keyOf);
  return Array.from(stored).flatMap(({ kind, object }) => {
    if (!hasStatus(kind)) return [];
    const { name, namespace = "" } = object.metadata;
    const named = { apiVersion: apiVersionOf(kind), kind: kind.kind, namespace, name };
    const said = notAsWritten(byObject.get(keyOf(named)) ?? []);
    if (isSaid(object, CONDITION, said)) return [];
    return { ...named, type: CONDITION, ...(said && { said }) };
  });
}

function notAsWritten(problems: readonly Problem[]): Condition | undefined {
  if (problems.length === 0) return undefined;
  const texts = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return { type: CONDITION, status: "False", reason: "NotAsWritten", message: texts.join("; ") };
}

type ObjectName = Pick<Problem, "apiVersion" | "kind" | "namespace" | "name">;

function keyOf({ apiVersion, kind, namespace, name }: ObjectName): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`;
}
