/** Writes on the status of every PolicyTest whether it passes: the condition `Passing`, and how much. */
import { type Condition, conditionOf } from "../../control/apiserver/condition.ts";
import type { Registry } from "../../control/apiserver/registry.ts";
import { Refusal } from "../../control/apiserver/status.ts";
import { isPassing, type TestResult } from "../../core/policy-test/result.ts";
import { formatResult } from "../../core/policy-test/words.ts";
import { policyTest } from "../../core/resources/policy-test.ts";
import { textAt } from "../../core/schema/json-object.ts";
import type { PolicyGate } from "./policy-gate.ts";

/** Writers come first: statuses are looked at when writes have paused for so long. */
const PAUSE_MS = 250;
const CONDITION = "Passing";
/** A message has room for so much. */
const MESSAGE_LIMIT = 8192;

/** Keeps statuses up to date until the function returned is called. */
export function reportTests(registry: Registry, gate: PolicyGate): () => void {
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => writeTestStatuses(registry, gate), PAUSE_MS).unref();
  };
  later();
  const unsubscribe = registry.storage.subscribe(later);
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}

/** Brings the status of every test in line with what becomes of it now. */
export function writeTestStatuses(registry: Registry, gate: PolicyGate): void {
  for (const result of gate.results()) {
    const { test, assertions } = result;
    const { namespace = "", name } = test.metadata;
    const holding = assertions.filter(({ failure }) => !failure).length;
    const counted = { assertions: `${holding}/${assertions.length}` };
    const said = conditionFor(result);
    const before = conditionOf(test, CONDITION);
    const isSaid =
      textAt(before, "status") === said.status && textAt(before, "message") === said.message;
    if (isSaid && test.status?.assertions === counted.assertions) continue;
    try {
      registry.reportCondition(policyTest, namespace, name, said, counted);
    } catch (error) {
      // It went, or changed, in the meantime: the change that did it calls here again.
      if (!(error instanceof Refusal)) throw error;
    }
  }
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
