/** Says on the status of every PolicyTest whether it passes: the condition `Passing`, and how much. */
import type { Condition } from "../../control/apiserver/condition.ts";
import { isPassing, type TestResult } from "../../core/policy-test/result.ts";
import { formatResult } from "../../core/policy-test/words.ts";
import { apiVersionOf } from "../../core/resources/kinds.ts";
import { policyTest } from "../../core/resources/policy-test.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { objectAt, textAt } from "../../core/schema/json-object.ts";
import { isSaid, type StatusReport } from "./status-report.ts";

const CONDITION = "Passing";
/** A message has room for so much. */
const MESSAGE_LIMIT = 8192;

/** What the statuses of tests, as `stored` finds them, do not say yet of what became of them. */
export function testReports(
  results: readonly TestResult[],
  stored: (namespace: string, name: string) => Resource | undefined,
): StatusReport[] {
  return results.flatMap((result) => {
    const { namespace = "", name } = result.test.metadata;
    const object = stored(namespace, name);
    const holding = result.assertions.filter(({ failure }) => !failure).length;
    const fields = { assertions: `${holding}/${result.assertions.length}` };
    const said = conditionFor(result);
    const isCounted = textAt(objectAt(object, "status"), "assertions") === fields.assertions;
    if (!object || (isCounted && isSaid(object, CONDITION, said))) return [];
    const named = { apiVersion: apiVersionOf(policyTest), kind: policyTest.kind, namespace, name };
    return { ...named, type: CONDITION, said, fields };
  });
}

function conditionFor(result: TestResult): Condition {
  if (isPassing(result)) {
    const message = "every assertion holds";
    return { type: CONDITION, status: "True", reason: "EveryAssertionHolds", message };
  }
  const failed = result.assertions.filter(({ failure }) => failure).map(formatResult);
  const message = failed.join("; ").slice(0, MESSAGE_LIMIT);
  return { type: CONDITION, status: "False", reason: "AssertionFails", message };
}
