/** Findings as annotations of GitHub's workflows. */
import type { Severity } from "../../core/lint/finding.ts";
import { githubAnnotation } from "./github.ts";
import { countWords, type ReportedFinding } from "./lint-report.ts";

const LEVELS = { error: "error", warning: "warning", info: "notice" } as const satisfies Readonly<
  Record<Severity, string>
>;

/** The lines of commands, and a last one for people. */
export function lintAnnotations(findings: readonly ReportedFinding[]): string[] {
  return [...findings.map(annotation), countWords(findings)];
}

function annotation({ finding, object, place, witness, coveredBy }: ReportedFinding): string {
  const { severity, code, message } = finding;
  const shown = coveredBy.map(({ text, connection }) => `taken by ${text}: ${connection.text}`);
  const example = witness && coveredBy.length === 0 ? [`for example ${witness.text}`] : [];
  const lines = [message, ...shown, ...example].join("\n");
  return githubAnnotation(LEVELS[severity], place, `${code}: ${object}`, lines);
}
