/** Policy tests as annotations of GitHub's workflows: an error at each assertion that fails. */
import { githubAnnotation } from "./github.ts";
import { countsOf, details, type ReportedTest } from "./policy-test-report.ts";

/** The lines of commands, and a last one for people. */
export function policyTestAnnotations(tests: readonly ReportedTest[]): string[] {
  const errors = tests.flatMap(({ name, assertions }) =>
    assertions.flatMap((one) => {
      const { assertion, failure } = one;
      if (!failure) return [];
      const at = failure.place ?? one.place;
      const message = [failure.message, ...details(one, failure)].join("\n");
      return [githubAnnotation("error", at, `${name}: ${assertion.name}`, message)];
    }),
  );
  const { assertions, failed } = countsOf(tests);
  return [...errors, `${assertions} assertions: ${failed === 0 ? "all hold" : `${failed} fail`}`];
}
