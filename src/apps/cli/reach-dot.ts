/** Who reaches whom, as a graph for Graphviz. */
import type { Reached } from "../../core/analysis/reach.ts";
import { connectionWords } from "./reach-text.ts";

/** Edges that lead both ways with the same label are one. Workloads of a namespace are together. */
export function* reachDot(rows: Iterable<Reached>): Generator<string> {
  const edges = new Map<string, Edge>();
  const names = new Set<string>();
  for (const row of rows) {
    const { from, to } = row;
    const label = connectionWords(row);
    names.add(from).add(to);
    const back = edges.get(`${to}\n${from}`);
    if (back?.label === label && from !== to) edges.set(`${to}\n${from}`, { ...back, both: true });
    else edges.set(`${from}\n${to}`, { from, to, label, both: false });
  }
  yield "digraph reach {";
  yield "  rankdir=LR;";
  yield '  node [shape=box, fontname="sans-serif"];';
  yield '  edge [fontname="sans-serif", fontsize=10];';
  const byNamespace = Map.groupBy([...names], namespaceOf);
  for (const [namespace, own] of byNamespace) {
    if (namespace === undefined) {
      for (const name of own) yield `  ${quoted(name)} [style=rounded];`;
      continue;
    }
    yield `  subgraph ${quoted(`cluster ${namespace}`)} {`;
    yield `    label=${quoted(namespace)};`;
    for (const name of own) {
      yield `    ${quoted(name)} [label=${quoted(name.slice(namespace.length + 1))}];`;
    }
    yield "  }";
  }
  for (const { from, to, label, both } of edges.values()) {
    const direction = both ? ", dir=both" : "";
    yield `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}${direction}];`;
  }
  yield "}";
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly both: boolean;
}

/** Of `namespace/name[Kind]`; undefined for others. */
function namespaceOf(name: string): string | undefined {
  return /^([^/=]+)\/.*\]$/.exec(name)?.[1];
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}
