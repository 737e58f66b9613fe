/** `picket explain`: what policy makes of a connection. */

import { modelOf } from "../../core/model/convert.ts";
import type { Problem } from "../../core/model/model.ts";
import type { Pending, Step, Verdict } from "../../core/model/verdict.ts";
import { formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";
import { Cluster } from "../../core/verdict/cluster.ts";
import { formatDecision } from "../../core/verdict/format.ts";
import { judge } from "../../core/verdict/judge.ts";
import { clientOf, type ServerOptions } from "./client.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import {
  decidingStep,
  describeDecision,
  describeStep,
  type Locate,
  placeText,
} from "./explanation.ts";
import { withImplied } from "./implied.ts";
import { locator, readAll, requireValid } from "./manifests.ts";
import { flowOf, type Question } from "./question.ts";
import { fetchAll } from "./snapshot.ts";
import { readSources } from "./sources.ts";
import { formatTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export interface ExplainOptions extends Question, ServerOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly output: "text" | "json";
}

/** Prints the verdict with its steps; a connection that is denied is a negative answer. */
export async function explain(terminal: Terminal, options: ExplainOptions): Promise<ExitCode> {
  const { resources, locate } = await clusterOf(terminal, options);
  const model = modelOf(resources);
  for (const problem of model.problems) terminal.tell(`warning: ${formatProblem(problem)}`);
  const flow = flowOf(model, options);
  const verdict = judge(new Cluster(model), flow);
  if (options.output === "json") {
    terminal.print(JSON.stringify(explanationOf(options, flow, verdict, locate)));
  } else {
    for (const line of explanationLines(terminal, options, flow, verdict, locate)) {
      terminal.print(line);
    }
  }
  return verdict.action === "Allow" ? EXIT.yes : EXIT.no;
}

/** The objects to judge by, and where they are written: in manifests, or nowhere we know. */
async function clusterOf(
  terminal: Terminal,
  options: ExplainOptions,
): Promise<{ readonly resources: readonly AnyResource[]; readonly locate: Locate }> {
  if (!options.filename) {
    return { resources: await fetchAll(clientOf(terminal, options)), locate: () => undefined };
  }
  const sources = await readSources(terminal, options.filename, options.recursive);
  const loaded = requireValid(terminal, readAll(sources, { unknownKinds: "skip" }));
  const { resources, notes } = withImplied(loaded.map(({ resource }) => resource));
  for (const note of notes) terminal.tell(`note: ${note}`);
  return { resources, locate: locator(loaded) };
}

/** What `-o json` prints. */
export function explanationOf(
  question: Question,
  flow: Flow,
  verdict: Verdict,
  locate: Locate,
): Readonly<Record<string, unknown>> {
  const ingress = decidingStep(verdict, "ingress");
  const egress = decidingStep(verdict, "egress");
  return {
    from: question.from,
    to: question.to,
    protocol: formatProtocol(flow.protocol),
    ...(flow.destinationPort !== undefined && { port: flow.destinationPort }),
    ...(flow.icmp && { icmp: flow.icmp }),
    family: flow.source.family,
    source: formatAddress(flow.source),
    destination: formatAddress(flow.destination),
    verdict: verdict.action,
    ...(ingress && { ingress: describeStep(ingress, locate) }),
    ...(egress && { egress: describeStep(egress, locate) }),
    steps: verdict.steps.map((step) => ({
      node: step.node,
      endpoint: step.endpoint,
      endpointKind: step.kind,
      direction: step.direction,
      list: step.list,
      ...describeStep(step, locate),
      logs: step.logs.map((log) => describeDecision(log, locate)),
      ...(step.pending && { pending: describeStep(step.pending, locate) }),
    })),
  };
}

/**
 * What a person reads: the answer, then a line for each end, with the Log rules met before it and
 * below it what it would come to if staged policies were enforced.
 */
export function explanationLines(
  terminal: Terminal,
  question: Question,
  flow: Flow,
  verdict: Verdict,
  locate: Locate,
): string[] {
  const side = (name: string, address: string): string =>
    name === address ? name : `${name} (${address})`;
  const source = side(question.from, formatAddress(flow.source));
  const destination = side(question.to, formatAddress(flow.destination));
  const { protocol, destinationPort: port, icmp } = flow;
  const what = icmp ? `type ${icmp.type} code ${icmp.code}` : (port ?? "");
  const answer = terminal.paint(verdict.action === "Allow" ? "green" : "red", verdict.action);
  const head = `${source} -> ${destination}  ${formatProtocol(protocol)} ${what}`.trimEnd();
  const rows = verdict.steps.flatMap((step) => stepRows(step, locate));
  if (rows.length === 0) rows.push(["nobody polices it"]);
  const table = formatTable(rows).map((line) => `  ${line}`);
  return [`${head}: ${answer}`, ...table];
}

function stepRows(step: Step, locate: Locate): string[][] {
  const list = step.list === "normal" ? "" : `${step.list} `;
  const place = (decision: Step["decision"]): string =>
    placeText(describeDecision(decision, locate));
  const pendingRow = ({ action, decision }: Pending): string[] => {
    const answer = `would ${action === "None" ? "pass on" : action.toLowerCase()}`;
    return ["", "", "staged", `${answer}: ${formatDecision(decision)}`, place(decision)];
  };
  return [
    ...step.logs.map((log) => ["", "", "log", formatDecision(log), place(log)]),
    [
      `${list}${step.direction}`,
      step.endpoint,
      step.action === "None" ? "-" : step.action.toLowerCase(),
      formatDecision(step.decision),
      place(step.decision),
    ],
    ...(step.pending ? [pendingRow(step.pending)] : []),
  ];
}

function formatProblem({ kind, namespace, name, path, message }: Problem): string {
  const object = `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
  return path === "" ? `${object}: ${message}` : `${object}: ${path}: ${message}`;
}
