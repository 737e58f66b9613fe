/** `picket diff`: what changes in who can reach whom between two sets of policies. */
import { existsSync } from "node:fs";
import { analyse } from "../../core/analysis/analysis.ts";
import { type NamedAnalysis, reachDifference } from "../../core/analysis/reach-difference.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";
import type { ServerOptions } from "./client.ts";
import {
  type AnalysedCluster,
  clusterOf,
  fetchCluster,
  podNetsOf,
  readCluster,
  type Written,
} from "./cluster.ts";
import { diffJson } from "./diff-json.ts";
import { diffMarkdown } from "./diff-markdown.ts";
import { diffText, isSame } from "./diff-text.ts";
import type { Locators } from "./diff-words.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { gitSources } from "./git.ts";
import { printLines } from "./reach.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface DiffOptions extends ServerOptions {
  readonly podCidr?: readonly string[];
  readonly output: "text" | "json" | "markdown";
}

/** Prints every change; that there is one is a negative answer. */
export async function diff(
  terminal: Terminal,
  before: string,
  after: string,
  options: DiffOptions,
): Promise<ExitCode> {
  const nets = podNetsOf(options.podCidr);
  const once = tellingOnce(terminal);
  const was = await readSide(once, before, options);
  const is = await readSide(once, after, options);
  const first = clusterOf(once, withWorkloadsOf(once, was, is, before), nets, before);
  const second = clusterOf(once, withWorkloadsOf(once, is, was, after), nets, after);
  const difference = reachDifference(named(first), named(second));
  const locators: Locators = { before: first.locate, after: second.locate };
  switch (options.output) {
    case "json":
      printLines(terminal, diffJson(difference, locators));
      break;
    case "markdown":
      printLines(terminal, diffMarkdown(difference, locators));
      break;
    case "text":
      printLines(terminal, diffText(terminal, difference, locators));
  }
  return isSame(difference) ? EXIT.yes : EXIT.no;
}

/** A terminal on which what is so of both sides is told once. */
export function tellingOnce(terminal: Terminal): Terminal {
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (!told.has(line)) terminal.tell(line);
    told.add(line);
  };
  return { ...terminal, tell };
}

/** A folder or file, else the server, else a revision of git. Throws CommandFailure (usage). */
async function readSide(terminal: Terminal, text: string, options: DiffOptions): Promise<Written> {
  if (text === "-" || existsSync(text)) {
    return readCluster(terminal, await readSources(terminal, [text], true));
  }
  if (text === "server") return await fetchCluster(terminal, options);
  if (text.includes(":")) return readCluster(terminal, gitSources(text));
  throw usage(`${text}: no such file or folder: want one, REV:PATH of git, or "server"`);
}

/** Kinds that say who is there, beside the policies that govern them. */
const POPULATION: ReadonlySet<AnyResource["kind"]> = new Set([
  "EndpointSlice",
  "HostEndpoint",
  "Namespace",
  "Node",
  "Pod",
  "Service",
  "ServiceAccount",
  "WorkloadEndpoint",
]);

/** A side of policies alone is judged with the workloads of the other. */
function withWorkloadsOf(
  terminal: Terminal,
  side: Written,
  other: Written,
  called: string,
): Written {
  const hasWorkloads = side.resources.some(
    ({ kind }) => kind === "Pod" || kind === "WorkloadEndpoint" || kind === "Node",
  );
  if (hasWorkloads) return side;
  const own = new Set(side.resources.map(identityOf));
  const taken = other.resources.filter(
    (one) => POPULATION.has(one.kind) && !own.has(identityOf(one)),
  );
  if (taken.length === 0) return side;
  terminal.tell(
    `note: ${called}: no workload is described there; those of the other side are taken`,
  );
  return { ...side, resources: [...side.resources, ...taken] };
}

function identityOf({ kind, metadata: { namespace = "", name } }: AnyResource): string {
  return `${kind} ${namespace}/${name}`;
}

/** A cluster's answers, its workloads called as reach calls them. */
export function named({ model, owners }: AnalysedCluster): NamedAnalysis {
  return { analysis: analyse(model), owners };
}
