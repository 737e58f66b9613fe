/** A difference as a comment on a pull request. */
import { formatConnections } from "../../core/analysis/format.ts";
import type { ReachDifference } from "../../core/analysis/reach-difference.ts";
import { summaryOf } from "./diff-text.ts";
import {
  allowerOf,
  decidersOf,
  deciderWords,
  flowWords,
  type Locators,
  sortOf,
} from "./diff-words.ts";
import { markdownRow } from "./reach-markdown.ts";

/** More rows than this are left to the other formats: GitHub refuses comments past 65,536 letters. */
const MOST = 150;

export function* diffMarkdown(difference: ReachDifference, locators: Locators): Generator<string> {
  yield "### Who can reach whom";
  yield "";
  yield `${summaryOf(difference)}.`;
  const rows = [...rowsOf(difference, locators)];
  if (rows.length === 0) return;
  yield "";
  yield markdownRow(["", "From", "To", "Before", "After", "For example", "Was", "Now"]);
  yield "| --- | --- | --- | --- | --- | --- | --- | --- |";
  for (const row of rows.slice(0, MOST)) yield markdownRow(row);
  if (rows.length > MOST) {
    yield "";
    yield `and ${rows.length - MOST} more.`;
  }
}

function* rowsOf(difference: ReachDifference, locators: Locators): Generator<string[]> {
  for (const change of difference.changes) {
    const { from, to, before, after, examples } = change;
    const [example] = examples;
    const deciders = example && decidersOf(example, locators);
    yield [
      sortOf(change),
      from,
      to,
      formatConnections(before),
      formatConnections(after),
      example ? flowWords(example, change) : "",
      deciders ? deciderWords(deciders.before) : "",
      deciders ? deciderWords(deciders.after) : "",
    ];
  }
  for (const one of difference.gone) {
    const was = deciderWords(allowerOf(one, locators.before));
    const words = formatConnections(one.connections);
    yield ["removed", one.from, one.to, words, "no workload", flowWords(one, one), was, ""];
  }
  for (const one of difference.come) {
    const now = deciderWords(allowerOf(one, locators.after));
    const words = formatConnections(one.connections);
    yield ["added", one.from, one.to, "no workload", words, flowWords(one, one), "", now];
  }
}
