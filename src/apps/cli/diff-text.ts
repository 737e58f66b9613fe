/** A difference for people. */
import type { Connected } from "../../core/analysis/connected.ts";
import { formatConnections } from "../../core/analysis/format.ts";
import type { ReachChange, ReachDifference } from "../../core/analysis/reach-difference.ts";
import {
  allowerOf,
  decidersOf,
  deciderWords,
  flowWords,
  type Locators,
  sortOf,
} from "./diff-words.ts";
import type { Terminal } from "./terminal.ts";

/** Lines: `+` for what is added, `-` for what is removed, `~` for what is both or part of what passes. */
export function* diffText(
  terminal: Pick<Terminal, "paint">,
  difference: ReachDifference,
  locators: Locators,
): Generator<string> {
  for (const change of difference.changes) {
    yield headOf(terminal, change);
    for (const example of change.examples) {
      const { before, after } = decidersOf(example, locators);
      yield `    ${flowWords(example, change)}`;
      yield `      was ${deciderWords(before)}`;
      yield `      now ${deciderWords(after)}`;
    }
  }
  for (const name of difference.onlyBefore) yield terminal.paint("red", `- workload ${name}`);
  for (const name of difference.onlyAfter) yield terminal.paint("green", `+ workload ${name}`);
  for (const one of difference.gone) {
    yield terminal.paint("red", `- ${connectedWords(one)}`);
    yield `    ${flowWords(one, one)}`;
    yield `      was ${deciderWords(allowerOf(one, locators.before))}`;
  }
  for (const one of difference.come) {
    yield terminal.paint("green", `+ ${connectedWords(one)}`);
    yield `    ${flowWords(one, one)}`;
    yield `      now ${deciderWords(allowerOf(one, locators.after))}`;
  }
  yield summaryOf(difference);
}

/** `1 connection added, 2 removed, 1 changed`, or that there is no difference. */
export function summaryOf(difference: ReachDifference): string {
  const { onlyBefore, onlyAfter, gone, come, changes } = difference;
  if (isSame(difference)) return "no difference: the same connections pass";
  const counts = Map.groupBy(changes, sortOf);
  const count = (sort: "added" | "removed" | "changed") => counts.get(sort)?.length ?? 0;
  const added = count("added") + come.length;
  const pairs = `${added} added, ${count("removed") + gone.length} removed, ${count("changed")} changed`;
  const workloads =
    onlyBefore.length + onlyAfter.length === 0
      ? ""
      : `; workloads: ${onlyAfter.length} added, ${onlyBefore.length} removed`;
  return `connections: ${pairs}${workloads}`;
}

/** Whether the same passes in both clusters, between the same workloads. */
export function isSame({ changes, onlyBefore, onlyAfter }: ReachDifference): boolean {
  return changes.length + onlyBefore.length + onlyAfter.length === 0;
}

function connectedWords({ from, to, connections }: Connected): string {
  return `${from} -> ${to}   ${formatConnections(connections)}`;
}

function headOf(terminal: Pick<Terminal, "paint">, change: ReachChange): string {
  const { from, to, before, after } = change;
  const pair = `${from} -> ${to}`;
  switch (sortOf(change)) {
    case "added":
      return terminal.paint("green", `+ ${pair}   ${formatConnections(after)}`);
    case "removed":
      return terminal.paint("red", `- ${pair}   ${formatConnections(before)}`);
    case "changed":
      return `~ ${pair}   ${formatConnections(before)} => ${formatConnections(after)}`;
  }
}
