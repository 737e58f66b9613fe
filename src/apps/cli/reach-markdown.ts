/** Who reaches whom, as a table in Markdown. */
import type { Reached } from "../../core/analysis/reach.ts";
import { connectionWords } from "./reach-text.ts";

export function* reachMarkdown(rows: Iterable<Reached>): Generator<string> {
  yield markdownRow(["From", "To", "Connections"]);
  yield "| --- | --- | --- |";
  for (const row of rows) yield markdownRow([row.from, row.to, connectionWords(row)]);
}

/** A row of a table, nothing in which means anything to Markdown. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(" | ")} |`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, "\\$&").replaceAll("\n", " ");
}
