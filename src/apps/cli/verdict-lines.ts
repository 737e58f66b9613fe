/** A verdict in short: an object, or a line for each end. */
import type { Pending, Step, Verdict } from "../../core/model/verdict.ts";
import { formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import { formatDecision } from "../../core/verdict/format.ts";
import {
  decidingStep,
  describeDecision,
  describeStep,
  type Locate,
  placeText,
} from "./explanation.ts";
import type { Question } from "./question.ts";
import { formatTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** The verdict as JSON: what decided at each end, and every step. */
export function verdictObject(
  question: Pick<Question, "from" | "to">,
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
export function verdictLines(
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
