/** Policy tests as JUnit XML, which build servers read: a suite a test, a case an assertion. */
import {
  countsOf,
  details,
  type ReportedAssertion,
  type ReportedTest,
} from "./policy-test-report.ts";

/** The lines of the document. There are no times in it: the same input gives the same bytes. */
export function policyTestJunit(tests: readonly ReportedTest[]): string[] {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="picket test"${counts(tests)}>`,
    ...tests.flatMap((test) => [
      `  <testsuite name="${inXml(test.name)}"${counts([test])}${placeOf(test)}>`,
      ...test.assertions.flatMap((one) => caseLines(test.name, one)),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ];
}

function counts(tests: readonly ReportedTest[]): string {
  const { assertions, failed } = countsOf(tests);
  return ` tests="${assertions}" failures="${failed}" errors="0" skipped="0"`;
}

function caseLines(test: string, one: ReportedAssertion): string[] {
  const { assertion, failure } = one;
  const name = `name="${inXml(assertion.name)}" classname="${inXml(test)}"`;
  const head = `    <testcase ${name}${placeOf(one)}`;
  if (!failure) return [`${head}/>`];
  const message = inXml(failure.message);
  const text = inXml([failure.message, ...details(one, failure)].join("\n"));
  return [
    `${head}>`,
    `      <failure type="${failure.by}" message="${message}">${text}</failure>`,
    "    </testcase>",
  ];
}

function placeOf({ place }: Pick<ReportedAssertion, "place">): string {
  return place ? ` file="${inXml(place.file)}" line="${place.line}"` : "";
}

/** Text as XML writes it: what XML 1.0 has no character for is left out. */
function inXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
