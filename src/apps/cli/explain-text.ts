/** An answer as people read it: the verdict, both walks rule by rule, and what would turn it. */
import type { ExplainedRequest, ExplainedStep } from "../../core/explanation/explain.ts";
import type { Endpoint } from "../../core/model/endpoint.ts";
import { endpointName } from "../../core/model/endpoint.ts";
import type { Model } from "../../core/model/model.ts";
import type { Step } from "../../core/model/verdict.ts";
import { formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import { formatDecision } from "../../core/verdict/format.ts";
import type { Answer, Explained } from "./explainer.ts";
import { describeDecision, type Locate, placeText } from "./explanation.ts";
import { requestText, senderText } from "./request-question.ts";
import type { Terminal } from "./terminal.ts";
import { traceLines } from "./trace-text.ts";

/** How wide the verdict's word is, so that what follows stands in a column. */
const WIDTH = "Allow".length + 2;

/** The lines of an answer. */
export function answerLines(terminal: Terminal, answer: Answer, locate: Locate): string[] {
  const { explained, translation, question } = answer;
  const paint = (action: string) => painted(terminal, action);
  const [only, ...others] = explained;
  if (!only) return [];
  if (!translation) {
    return [
      `${paint(answer.verdict)}${headline(only)}`,
      "",
      ...explainedLines(terminal, answer, only, locate),
    ];
  }
  const { service, address, port, portName, implied } = translation;
  const { flow } = only.connection;
  const source = side(only.connection.from, flow.source);
  const own = address ? ` (${formatAddress(address)})` : "";
  const called = portName === undefined ? `${port}` : `${port} (${portName})`;
  const backends = explained.map(({ connection }) => target(connection.to, connection.flow));
  const why = implied ? "no EndpointSlice lists its backends; its selector selects" : "leads to";
  const lines = [
    `${paint(answer.verdict)}${formatProtocol(flow.protocol)} ${source} -> Service ${service}${own} port ${called}`,
    "",
    `Service ${service} port ${called}: ${why} ${backends.join(", ")}`,
    address
      ? "policy judges the packet to the backend; the Service's own address only untracked and pre-DNAT policy sees"
      : "policy judges the packet to the backend; the Service's own address is not known",
  ];
  for (const one of [only, ...others]) {
    const { action } = one.explanation.verdict;
    lines.push("", `${paint(action)}${headline(one)}`, "");
    lines.push(...explainedLines(terminal, { ...answer, question }, one, locate));
  }
  return lines;
}

/** What one connection's answer rests on. */
function explainedLines(
  terminal: Terminal,
  { request }: Answer,
  { explanation, counterfactuals }: Explained,
  locate: Locate,
): string[] {
  const { model, flow, steps, verdict } = explanation;
  const heads = steps.map((one) => stepHead(one, flow));
  const widest = Math.max(0, ...heads.map((head) => head.length)) + 4;
  const lines = steps.flatMap((one, i) => [
    `${(heads[i] ?? "").padEnd(widest)}${painted(terminal, actionWord(one.step))}${summary(one)}`.trimEnd(),
    ...indented(stepLines(model, one, locate)),
  ]);
  if (steps.length === 0) lines.push("nobody polices it");
  if (request) {
    lines.push(
      "",
      ...requestLines(terminal, request, explanation.request, verdict.action, locate, model),
    );
  }
  const opposite = verdict.action === "Allow" ? "deny" : "allow";
  if (counterfactuals.length === 0) {
    const none = "No change of a policy or a label that was tried would allow it.";
    return verdict.action === "Allow" ? lines : [...lines, "", none];
  }
  const ways = counterfactuals.map(({ edits }) =>
    edits
      .map(({ words, object, path }) => {
        const place = locate(object, path) ?? locate(object, "");
        return place ? `${words}   ${placeText(place)}` : words;
      })
      .join("; and "),
  );
  const [way = ""] = ways;
  if (ways.length === 1) return [...lines, "", `To ${opposite} it: ${way}`];
  return [...lines, "", `To ${opposite} it, one of:`, ...ways.map((one) => `  ${one}`)];
}

function requestLines(
  terminal: Terminal,
  request: NonNullable<Answer["request"]>,
  explained: ExplainedRequest | undefined,
  packets: "Allow" | "Deny",
  locate: Locate,
  model: Model,
): string[] {
  const text = requestText(request);
  if (!explained)
    return [`request ${text}    not judged: requests are judged at pods and VMs only`];
  const { verdict, endpoint, trace, subject } = explained;
  const sender = `from ${senderText(request)}`;
  const kernel =
    packets === "Allow"
      ? "in the kernel today: every request of the connection passes, whatever this says"
      : "in the kernel today: no packet of the connection passes, whatever this says";
  const word = verdict.action === "BadRequest" ? "Deny" : verdict.action;
  const bad = verdict.action === "BadRequest" ? 'its path does not begin with "/"' : sender;
  return [
    `request ${text} at ${endpointName(endpoint)}    ${painted(terminal, word)}${bad}`,
    ...indented(traceLines({ model, trace, subject, endpoint, direction: "ingress", locate })),
    `  ${kernel}`,
  ];
}

function stepLines(model: Model, one: ExplainedStep, locate: Locate): string[] {
  const { step, endpoint, subject, trace } = one;
  const { direction } = step;
  const lines = trace ? traceLines({ model, trace, subject, endpoint, direction, locate }) : [];
  if (!step.pending) return lines;
  const { action, decision } = step.pending;
  const answer = action === "None" ? "pass it on" : action.toLowerCase();
  const place = placeText(describeDecision(decision, locate));
  return [
    ...lines,
    `staged policies would ${answer}: ${formatDecision(decision)}   ${place}`.trimEnd(),
  ];
}

/** What is not seen from the walk below it. */
function summary({ step, endpoint, trace }: ExplainedStep): string {
  const { decision, direction } = step;
  if (decision.by === "endpoint-to-host") {
    return `${formatDecision(decision)}: defaultEndpointToHostAction of FelixConfiguration`;
  }
  if (!trace) return formatDecision(decision);
  const none = trace.tiers.length === 0 ? `no policy selects it for ${direction}; ` : "";
  if (decision.by === "profile") {
    return `${none}profile ${decision.profile} ${step.action === "Allow" ? "allows" : "denies"}`;
  }
  if (decision.by === "no-profile") return `${none}${noProfile(endpoint)}`;
  return decision.by === "rule" || decision.by === "end-of-tier" ? "" : formatDecision(decision);
}

function noProfile({ profiles }: Endpoint): string {
  return profiles.length === 0 ? "it has no profile, so denied" : "no profile allows it";
}

/** Where untracked policy is, the answer's packets are judged too. */
function stepHead({ step, subject }: ExplainedStep, flow: Flow): string {
  const { list, direction, endpoint } = step;
  const isReply = formatAddress(subject.flow.source) !== formatAddress(flow.source);
  const which = list === "normal" ? "" : `${list} `;
  return `${isReply ? "reply: " : ""}${which}${direction} of ${endpoint}`;
}

function actionWord({ action }: Pick<Step, "action">): string {
  return action === "None" ? "-" : action;
}

/** `TCP production/green (10.48.0.12) -> production/red (10.48.0.10) port 6379` */
function headline({ connection: { from, to, flow } }: Explained): string {
  return `${formatProtocol(flow.protocol)} ${side(from, flow.source)} -> ${target(to, flow)}`;
}

function target(name: string, flow: Flow): string {
  const { destination, destinationPort, icmp } = flow;
  const what = icmp ? ` type ${icmp.type} code ${icmp.code}` : "";
  const port = destinationPort === undefined ? "" : ` port ${destinationPort}`;
  return `${side(name, destination)}${what}${port}`;
}

function side(name: string, address: Flow["source"]): string {
  const text = formatAddress(address);
  return name === text ? name : `${name} (${text})`;
}

function painted(terminal: Terminal, action: string): string {
  const colour = action === "Allow" ? "green" : "red";
  const rest = " ".repeat(Math.max(2, WIDTH - action.length));
  return (action === "-" ? action : terminal.paint(colour, action)) + rest;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
