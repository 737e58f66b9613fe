/** Policy tests as a person reads them: a line an assertion, and below one that fails what shows it. */
import { basename } from "node:path";
import { type Place, placeText } from "./explanation.ts";
import type { ReportedAssertion, ReportedTest } from "./policy-test-report.ts";
import { countsOf } from "./policy-test-report.ts";
import type { Terminal } from "./terminal.ts";

const INDENT = " ".repeat(8);

/** `sent` is how many packets were, where a lab was up. */
export function policyTestLines(
  { paint }: Pick<Terminal, "paint">,
  tests: readonly ReportedTest[],
  sent: number | undefined,
): string[] {
  const lines = tests.flatMap((test) => [
    `${paint("bold", test.name)}${after(test.place, placeText(test.place ?? {}))}`,
    ...test.assertions.flatMap((one) => assertionLines({ paint }, one)),
  ]);
  const { assertions, failed } = countsOf(tests);
  const count = `${plural(assertions, "assertion")} in ${plural(tests.length, "test")}`;
  const packets = sent === undefined ? "" : `, ${plural(sent, "packet")} sent`;
  const result = failed === 0 ? "all hold" : `${failed} ${failed === 1 ? "fails" : "fail"}`;
  return [...lines, "", `${count}${packets}: ${result}`];
}

function assertionLines(
  { paint }: Pick<Terminal, "paint">,
  { assertion, place, failure }: ReportedAssertion,
): string[] {
  const { name, explanation } = assertion;
  if (!failure) return [`  ${paint("green", "ok")}    ${name}`];
  const { message, decided } = failure;
  const own = after(place, shortPlace(failure.place ?? place));
  return [
    `  ${paint("red", "FAIL")}  ${name}${own}`,
    `${INDENT}${message}`,
    ...(decided
      ? [`${INDENT}${decided.text}${after(decided.place, shortPlace(decided.place))}`]
      : []),
    ...(explanation ? [`${INDENT}why it must hold: ${explanation}`] : []),
  ];
}

function after(place: Place | undefined, text: string): string {
  return place ? `   ${text}` : "";
}

function shortPlace(place: Place | undefined): string {
  return place ? placeText({ ...place, file: basename(place.file) }) : "";
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
