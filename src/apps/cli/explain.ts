/** `picket explain`: what policy makes of a connection, why, and what would turn it. */
import { modelOf } from "../../core/model/convert.ts";
import { formatProblem } from "../../core/model/problems.ts";
import { formatAddress } from "../../core/net/address.ts";
import { formatProtocol, hasPorts, ICMP, ICMPV6, TCP } from "../../core/net/protocol.ts";
import type { ServerOptions } from "./client.ts";
import { fetchCluster, type Written } from "./cluster.ts";
import { endpointLines, endpointObject, endpointPolicies } from "./endpoint-policies.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { answerObject } from "./explain-json.ts";
import { answerLines } from "./explain-text.ts";
import { type Answer, Explainer } from "./explainer.ts";
import type { Locate } from "./explanation.ts";
import { withImplied } from "./implied.ts";
import { lastOfEach, locator, readAll, requireValid } from "./manifests.ts";
import { protocolOf, type Question } from "./question.ts";
import type { RequestQuestion } from "./request-question.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

/** Where the cluster is described, and how to print the answer. */
export interface ExplainSource extends ServerOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly output: "text" | "json";
}

export interface ExplainOptions
  extends ExplainSource,
    RequestQuestion,
    Omit<Question, "from" | "to"> {
  readonly from?: string;
  readonly to?: string;
}

/** Prints the verdict and its reasons; a connection that is denied is a negative answer. */
export async function explain(terminal: Terminal, options: ExplainOptions): Promise<ExitCode> {
  const { from, to } = options;
  if (from === undefined || to === undefined) {
    throw usage('want --from and --to, or "endpoint NAMESPACE/NAME"');
  }
  requireOneQuestion(options);
  const { explainer, locate } = await clusterOf(terminal, options);
  const answer = explainer.answer({ ...options, from, to });
  if (!answer.translation && answer.explained.some(isToItself)) {
    terminal.tell(
      "note: what is sent to oneself leaves, and meets policy, through a Service alone",
    );
  }
  if (options.output === "json") terminal.print(JSON.stringify(answerObject(answer, locate)));
  else for (const line of answerLines(terminal, answer, locate)) terminal.print(line);
  return isAllowed(answer) ? EXIT.yes : EXIT.no;
}

function isToItself({ connection: { flow } }: Answer["explained"][number]): boolean {
  return formatAddress(flow.source) === formatAddress(flow.destination);
}

/** Nothing that is asked goes unheard. Throws CommandFailure (usage). */
function requireOneQuestion({ from, to, ...options }: ExplainOptions): void {
  const protocol = protocolOf({ ...options, from: "", to: "" });
  const { port, sourcePort, icmp, icmpType, icmpCode, http, grpc } = options;
  const isIcmp = protocol === ICMP || protocol === ICMPV6;
  if (!isIcmp && (icmpType !== undefined || icmpCode !== undefined)) {
    throw usage(`${formatProtocol(protocol)} has no ICMP type: want --protocol ICMP`);
  }
  if (!hasPorts(protocol) && (port !== undefined || sourcePort !== undefined)) {
    throw usage(`${formatProtocol(protocol)} has no ports: leave --port and --source-port out`);
  }
  if (icmp !== undefined && (icmpType !== undefined || icmpCode !== undefined)) {
    throw usage("give --icmp, or --icmp-type and --icmp-code, not both");
  }
  if (protocol !== TCP && (http !== undefined || grpc !== undefined)) {
    throw usage(`requests are sent by TCP, not ${formatProtocol(protocol)}`);
  }
}

/** A request has to pass as well as the packets that carry it. */
function isAllowed({ verdict, request, explained }: Answer): boolean {
  const judged = explained.flatMap(({ explanation }) => explanation.request ?? []);
  const isDenied = request !== undefined && judged.some((one) => one.verdict.action !== "Allow");
  return verdict === "Allow" && !isDenied;
}

/** Prints which policies govern an endpoint, in order. */
export async function explainEndpoint(
  terminal: Terminal,
  name: string,
  options: ExplainSource,
): Promise<ExitCode> {
  const { explainer, locate } = await clusterOf(terminal, options);
  const found = endpointPolicies(explainer, name);
  if (options.output === "json") {
    for (const one of found) terminal.print(JSON.stringify(endpointObject(one, locate)));
    return EXIT.yes;
  }
  for (const [i, one] of found.entries()) {
    if (i > 0) terminal.print("");
    for (const line of endpointLines(one, locate)) terminal.print(line);
  }
  return EXIT.yes;
}

/** The cluster to ask, and where its objects are written: in manifests, or nowhere we know. */
async function clusterOf(
  terminal: Terminal,
  options: ExplainSource,
): Promise<{ readonly explainer: Explainer; readonly locate: Locate }> {
  const { resources, locate } = await readCluster(terminal, options);
  const model = modelOf(resources);
  for (const problem of model.problems) terminal.tell(`warning: ${formatProblem(problem)}`);
  if (model.policies.length === 0) terminal.tell("note: there is no policy: profiles alone decide");
  return { explainer: new Explainer(resources, model), locate };
}

async function readCluster(terminal: Terminal, options: ExplainSource): Promise<Written> {
  if (!options.filename) return fetchCluster(terminal, options);
  const sources = await readSources(terminal, options.filename, options.recursive);
  const files = readAll(sources, { unknownKinds: "skip", controllers: "as pods" });
  const loaded = lastOfEach(terminal, requireValid(terminal, files, EXIT.usage));
  const { resources, notes } = withImplied(loaded.map(({ resource }) => resource));
  for (const note of notes) terminal.tell(`note: ${note}`);
  return { resources, locate: locator(loaded) };
}
