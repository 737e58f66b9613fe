/** `picket lint`: what in policies cannot be what their authors meant. */
import { analyse } from "../../core/analysis/analysis.ts";
import { isAtLeast, type Severity } from "../../core/lint/finding.ts";
import { lint as findingsIn } from "../../core/lint/lint.ts";
import type { ServerOptions } from "./client.ts";
import { clusterOf, fetchCluster, podNetsOf, readCluster } from "./cluster.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { lintAnnotations } from "./lint-github.ts";
import { lintJson } from "./lint-json.ts";
import { type ReportedFinding, reportFindings } from "./lint-report.ts";
import { lintText } from "./lint-text.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface LintOptions extends ServerOptions {
  readonly filename?: readonly string[];
  readonly podCidr?: readonly string[];
  /** Findings from this severity on are a negative answer. */
  readonly failOn: Severity;
  readonly output: "text" | "json" | "github";
}

/** Prints the findings. Throws CommandFailure (usage) where there is no policy to speak of. */
export async function lint(terminal: Terminal, options: LintOptions): Promise<ExitCode> {
  const called = options.filename?.join(", ") ?? "the server";
  const written = options.filename
    ? readCluster(terminal, await readSources(terminal, options.filename, true))
    : await fetchCluster(terminal, options);
  const nets = podNetsOf(options.podCidr);
  const { resources, model, locate } = clusterOf(terminal, written, nets, called, "left out");
  if (model.policies.length === 0) throw usage(`${called}: there is no policy to lint`);
  const analysis = analyse(model);
  const findings = findingsIn(resources, model, analysis);
  const reported = reportFindings(findings, analysis.cluster, locate);
  for (const line of formatted(reported, options)) terminal.print(line);
  return findings.some((one) => isAtLeast(one, options.failOn)) ? EXIT.no : EXIT.yes;
}

function formatted(findings: readonly ReportedFinding[], { output }: LintOptions): string[] {
  switch (output) {
    case "text":
      return lintText(findings);
    case "json":
      return [lintJson(findings)];
    case "github":
      return lintAnnotations(findings);
  }
}
