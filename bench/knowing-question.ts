/** One question about a large cluster, asked in a process of its own, which tells what it took. */
import { clusterOf, readCluster, type Written } from "../src/apps/cli/cluster.ts";
import { diffJson } from "../src/apps/cli/diff-json.ts";
import { memoryTerminal } from "../src/apps/cli/memory-terminal.ts";
import { reachJson } from "../src/apps/cli/reach-json.ts";
import type { Source } from "../src/apps/cli/sources.ts";
import { analyse } from "../src/core/analysis/analysis.ts";
import { exposure } from "../src/core/analysis/exposure.ts";
import { groupsOf } from "../src/core/analysis/groups.ts";
import { reach } from "../src/core/analysis/reach.ts";
import { type NamedAnalysis, reachDifference } from "../src/core/analysis/reach-difference.ts";
import { COMPARED, knowingCluster } from "./knowing-cluster.ts";

/** What can be asked. */
export type Question = "reach" | "exposure" | "classes" | "diff";

/** What a question took. */
export interface Taken {
  /** Reading the manifests. */
  readonly readMs: number;
  /** From what was read to the last byte of JSON. */
  readonly answerMs: number;
  /** The most memory that the process ever held. */
  readonly megabytes: number;
  /** The lines of the answer. */
  readonly lines: number;
}

const OBJECTS = 1000;
const CHANGED = [7, 99, 203, 311, 444].map((i) => `policy-${i}`);

const [question = "reach", deployments = "1000"] = process.argv.slice(2);
const size = { ...COMPARED, deployments: Number(deployments) };
const sides = [knowingCluster(size), ...(question === "diff" ? [changedCluster()] : [])].map(
  filesOf,
);
const terminal = memoryTerminal();
const start = performance.now();
const written = sides.map((files) => readCluster(terminal, files));
const read = performance.now();
let lines = 0;
for (const _ of answer(question, written)) lines++;
const end = performance.now();
const taken: Taken = {
  readMs: read - start,
  answerMs: end - read,
  megabytes: process.resourceUsage().maxRSS / 1000,
  lines,
};
process.stdout.write(`${JSON.stringify(taken)}\n`);

function answer(asked: string, clusters: readonly Written[]): Iterable<string> {
  const [before, after] = clusters.map(named);
  if (!before) throw new Error("there is no cluster");
  const { analysis, owners } = before;
  switch (asked) {
    case "reach":
      return reachJson(reach(analysis, groupsOf(analysis, owners, { by: "workload" })));
    case "exposure":
      return reachJson(exposure(analysis, owners));
    case "classes": {
      const classes = groupsOf(analysis, owners, { by: "class" });
      return reachJson(reach(analysis, classes), classes);
    }
    default: {
      if (!after) throw new Error(`nobody can be asked ${asked}`);
      const locate = () => undefined;
      return diffJson(reachDifference(before, after), { before: locate, after: locate });
    }
  }
}

function named(side: Written): NamedAnalysis {
  const { model, owners } = clusterOf(terminal, side, [], "the cluster");
  return { analysis: analyse(model), owners };
}

/** Objects in files as large as are read. */
function filesOf(objects: readonly object[]): Source[] {
  const files: Source[] = [];
  for (let i = 0; i < objects.length; i += OBJECTS) {
    const items = objects.slice(i, i + OBJECTS);
    files.push({
      file: `${i}.json`,
      text: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    });
  }
  return files;
}

/** The cluster with one more port in the first rule of five policies. */
function changedCluster(): object[] {
  return knowingCluster(size).map((object) => {
    const { metadata, spec } = object as Governing;
    const [first, ...others] = spec?.ingress ?? [];
    if (!CHANGED.includes(metadata.name) || !first) return object;
    const ports = [...(first.ports ?? []), { protocol: "TCP", port: 4444 }];
    return { ...object, spec: { ...spec, ingress: [{ ...first, ports }, ...others] } };
  });
}

/** What is read of a policy. */
interface Governing {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly ingress?: readonly { readonly ports?: readonly object[] }[] };
}
