/** Findings for people: a line for each, below it what shows it. */
import { placeText } from "./explanation.ts";
import { countWords, type ReportedCover, type ReportedFinding } from "./lint-report.ts";

export function lintText(findings: readonly ReportedFinding[]): string[] {
  return [...findings.flatMap(findingLines), countWords(findings)];
}

function findingLines({ finding, object, place, witness, coveredBy }: ReportedFinding): string[] {
  const { severity, code, path, message } = finding;
  const at = place ? `${placeText(place)}: ` : "";
  const field = path === "" ? "" : ` ${path}`;
  return [
    `${at}${severity} ${code}: ${object}${field}`,
    `    ${message}`,
    ...coveredBy.map((cover) => `    ${coverLine(cover)}`),
    ...(witness && coveredBy.length === 0 ? [`    for example ${witness.text}`] : []),
  ];
}

function coverLine({ text, place, connection }: ReportedCover): string {
  const at = place ? ` at ${placeText(place)}` : "";
  return `taken by ${text}${at}, for example ${connection.text}`;
}
