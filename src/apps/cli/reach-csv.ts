/** Who reaches whom, as CSV (RFC 4180, but for its line ends). */
import type { Reached } from "../../core/analysis/reach.ts";
import { connectionWords } from "./reach-text.ts";

export function* reachCsv(rows: Iterable<Reached>): Generator<string> {
  yield "from,to,connections";
  for (const row of rows) yield [row.from, row.to, connectionWords(row)].map(field).join(",");
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
