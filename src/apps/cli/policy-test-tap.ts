/** Policy tests in the Test Anything Protocol, version 14: a test point an assertion. */
import { placeText } from "./explanation.ts";
import type { ReportedAssertion, ReportedFailure, ReportedTest } from "./policy-test-report.ts";

/** The lines of the stream. */
export function policyTestTap(tests: readonly ReportedTest[]): string[] {
  const points = tests.flatMap(({ name, assertions }) =>
    assertions.map((one) => ({ test: name, ...one })),
  );
  return [
    "TAP version 14",
    `1..${points.length}`,
    ...points.flatMap((point, i) => {
      const title = `${i + 1} - ${inTap(`${point.test}: ${point.assertion.name}`)}`;
      if (!point.failure) return [`ok ${title}`];
      return [`not ok ${title}`, ...diagnostics(point, point.failure)];
    }),
  ];
}

/** A YAML block; JSON texts are YAML. */
function diagnostics({ assertion, place }: ReportedAssertion, failure: ReportedFailure): string[] {
  const { decided } = failure;
  const at = failure.place ?? place;
  const entries: readonly (readonly [string, string | undefined])[] = [
    ["message", failure.message],
    ["severity", "fail"],
    ["by", failure.by],
    ["decided", decided?.text],
    ["decidedAt", decided?.place && placeText(decided.place)],
    ["explanation", assertion.explanation],
    ["at", at && placeText(at)],
  ];
  const lines = entries.flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key}: ${JSON.stringify(value)}`],
  );
  return ["  ---", ...lines, "  ..."];
}

/** A title is one line, in which `#` begins a directive. */
function inTap(title: string): string {
  return title.replaceAll(/[\\#]/g, "\\$&").replaceAll(/\s+/g, " ");
}
