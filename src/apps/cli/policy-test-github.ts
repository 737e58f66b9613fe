/** Policy tests as annotations of GitHub's workflows: an error at each assertion that fails. */
import { countsOf, details, type ReportedTest } from "./policy-test-report.ts";

/** The lines of commands, and a last one for people. */
export function policyTestAnnotations(tests: readonly ReportedTest[]): string[] {
  const errors = tests.flatMap(({ name, assertions }) =>
    assertions.flatMap((one) => {
      const { assertion, failure } = one;
      if (!failure) return [];
      const at = failure.place ?? one.place;
      const properties = [
        ...(at ? [`file=${property(at.file)}`, `line=${at.line}`] : []),
        `title=${property(`${name}: ${assertion.name}`)}`,
      ];
      const message = [failure.message, ...details(one, failure)].join("\n");
      return [`::error ${properties.join(",")}::${escaped(message)}`];
    }),
  );
  const { assertions, failed } = countsOf(tests);
  return [...errors, `${assertions} assertions: ${failed === 0 ? "all hold" : `${failed} fail`}`];
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
