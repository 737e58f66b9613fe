/** `picket reach`: who can reach whom, on what. */
import { analyse } from "../../core/analysis/analysis.ts";
import { exposure } from "../../core/analysis/exposure.ts";
import { type Group, type Grouping, groupsOf } from "../../core/analysis/groups.ts";
import { type Reached, reach as reached } from "../../core/analysis/reach.ts";
import type { ServerOptions } from "./client.ts";
import {
  type AnalysedCluster,
  clusterOf,
  fetchCluster,
  podNetsOf,
  readCluster,
} from "./cluster.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { nearest } from "./peer-names.ts";
import { reachCsv } from "./reach-csv.ts";
import { reachDot } from "./reach-dot.ts";
import { reachJson } from "./reach-json.ts";
import { reachMarkdown } from "./reach-markdown.ts";
import { matrixOf } from "./reach-matrix.ts";
import { reachSvg } from "./reach-svg.ts";
import { reachTable } from "./reach-table.ts";
import { exposureText, reachText } from "./reach-text.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface ReachOptions extends ServerOptions {
  readonly filename?: readonly string[];
  /** `label KEY` is two words. */
  readonly by?: readonly string[];
  readonly focus?: string;
  readonly exposure: boolean;
  readonly podCidr?: readonly string[];
  readonly output: "text" | "json" | "csv" | "markdown" | "dot" | "svg" | "table";
}

/** More than this in a row is no table that a person reads. */
const WIDEST = 200;

/** Prints who reaches whom. Throws CommandFailure (usage) for what nobody can be asked. */
export async function reach(terminal: Terminal, options: ReachOptions): Promise<ExitCode> {
  const grouping = groupingOf(options);
  const cluster = await readReachCluster(terminal, options);
  const analysis = analyse(cluster.model);
  const groups = groupsOf(analysis, cluster.owners, grouping);
  const rows = options.exposure ? exposure(analysis, cluster.owners) : reached(analysis, groups);
  const focus = options.focus === undefined ? undefined : focusOf(options.focus, groups);
  printLines(terminal, formatted(options, focused(rows, focus), groups, grouping));
  return EXIT.yes;
}

async function readReachCluster(
  terminal: Terminal,
  options: ReachOptions,
): Promise<AnalysedCluster> {
  const nets = podNetsOf(options.podCidr);
  if (!options.filename) {
    return clusterOf(terminal, await fetchCluster(terminal, options), nets, "the server");
  }
  const sources = await readSources(terminal, options.filename, true);
  return clusterOf(terminal, readCluster(terminal, sources), nets, options.filename.join(", "));
}

function groupingOf({ by = ["workload"], exposure: isExposure }: ReachOptions): Grouping {
  const [word = "", key, ...more] = by;
  if (isExposure && word !== "workload") throw usage("--exposure is by workload: leave out --by");
  if (word === "label" && key && more.length === 0) return { by: "label", key };
  const isPlain = word === "workload" || word === "namespace" || word === "class";
  if (isPlain && key === undefined) return { by: word };
  throw usage(`--by: "${by.join(" ")}": want workload, namespace, class or label KEY`);
}

/** The names of the groups that are asked about. Throws CommandFailure (usage) if there are none. */
function focusOf(text: string, groups: readonly Group[]): ReadonlySet<string> {
  const isMeant = (name: string) => name === text || name.replace(/\[[^\]]*\]$/, "") === text;
  const found = groups.filter(({ name, members }) => isMeant(name) || members.some(isMeant));
  if (found.length > 0) return new Set(found.map(({ name }) => name));
  const names = groups.flatMap(({ name, members }) => [name, ...members]);
  const near = nearest(text, [...new Set(names.map((name) => name.replace(/\[[^\]]*\]$/, "")))]);
  const hint = near.length > 0 ? `; near it are ${near.join(", ")}` : "";
  throw usage(`--focus: "${text}" is not known: want namespace/workload${hint}`);
}

function* focused(
  rows: Iterable<Reached>,
  focus: ReadonlySet<string> | undefined,
): Generator<Reached> {
  for (const row of rows) if (!focus || focus.has(row.from) || focus.has(row.to)) yield row;
}

function formatted(
  { output, focus, exposure: isExposure }: ReachOptions,
  rows: Iterable<Reached>,
  groups: readonly Group[],
  { by }: Grouping,
): Iterable<string> {
  const classes = by === "class" ? groups : undefined;
  const square = () => {
    const own = focus === undefined && !isExposure ? groups.map(({ name }) => name) : [];
    if (own.length > WIDEST)
      throw usage(
        `-o ${output}: ${own.length} are too many to see: give --by namespace or --focus`,
      );
    return matrixOf(rows, own);
  };
  switch (output) {
    case "json":
      return reachJson(rows, classes);
    case "csv":
      return reachCsv(rows);
    case "markdown":
      return reachMarkdown(rows);
    case "dot":
      return reachDot(rows);
    case "svg":
      return reachSvg(square());
    case "table":
      return reachTable(square());
    case "text":
      return isExposure ? exposureText(rows) : reachText(rows, classes);
  }
}

/** Prints many lines with few writes. */
export function printLines(terminal: Terminal, lines: Iterable<string>): void {
  let batch: string[] = [];
  for (const line of lines) {
    batch.push(line);
    if (batch.length < 4096) continue;
    terminal.print(batch.join("\n"));
    batch = [];
  }
  if (batch.length > 0) terminal.print(batch.join("\n"));
}
