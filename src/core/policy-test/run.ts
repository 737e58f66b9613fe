/** Runs policy tests: every assertion is judged on its own, by the engine that enforces. */
import type { PolicyTestResource } from "../resources/policy-test.ts";
import { compareBytes } from "../text/byte-order.ts";
import { judgeAssertion } from "./assertion.ts";
import type { TestedCluster } from "./cluster.ts";
import { type TestResult, testName } from "./result.ts";
import type { PlacedAssertion } from "./sides.ts";

/** What becomes of each test, by name. */
export function runTests(
  cluster: TestedCluster,
  tests: readonly PolicyTestResource[],
): TestResult[] {
  return byTestName(tests).map((test) => ({
    test,
    assertions: assertionsOf(test).map((placed) => judgeAssertion(cluster, placed)),
  }));
}

/** Its assertions, each with its place. */
export function assertionsOf({ metadata, spec }: PolicyTestResource): PlacedAssertion[] {
  const { namespace = "default" } = metadata;
  return spec.assertions.map((assertion, i) => ({
    assertion,
    namespace,
    path: `spec.assertions[${i}]`,
  }));
}

/** Sorted by namespace and name. */
export function byTestName(tests: readonly PolicyTestResource[]): PolicyTestResource[] {
  return [...tests].sort((a, b) => compareBytes(testName(a), testName(b)));
}
