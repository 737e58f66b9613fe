/** Findings for programs. */
import { countWords, type ReportedFinding } from "./lint-report.ts";

/** One object: `findings` in order, and `summary` in words. */
export function lintJson(findings: readonly ReportedFinding[]): string {
  return JSON.stringify({ findings: findings.map(described), summary: countWords(findings) });
}

function described({ finding, object, place, witness, coveredBy }: ReportedFinding) {
  const { code, severity, path, message } = finding;
  const { kind, namespace, name } = finding.object;
  return {
    code,
    severity,
    object,
    kind,
    namespace,
    name,
    ...place,
    path,
    message,
    ...(witness && { witness: witness.described }),
    ...(coveredBy.length > 0 && {
      coveredBy: coveredBy.map((cover) => ({
        by: cover.text,
        ...cover.place,
        connection: cover.connection.described,
      })),
    }),
  };
}
