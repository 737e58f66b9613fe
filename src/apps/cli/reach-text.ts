/** Who reaches whom, for people: a paragraph for everyone that connections come from. */
import { formatConnections } from "../../core/analysis/format.ts";
import type { Group } from "../../core/analysis/groups.ts";
import type { Reached } from "../../core/analysis/reach.ts";
import { formatTable } from "./table.ts";

/** Lines; of classes with several members it is said who they are. */
export function* reachText(rows: Iterable<Reached>, classes?: readonly Group[]): Generator<string> {
  const others = new Map(classes?.map(({ name, members }) => [name, members.length - 1]));
  const named = (name: string): string => {
    const count = others.get(name) ?? 0;
    return count === 0 ? name : `${name} and ${count} like it`;
  };
  let from: string | undefined;
  let paragraph: string[][] = [];
  for (const row of rows) {
    if (row.from !== from) {
      yield* formatTable(paragraph);
      if (from !== undefined) yield "";
      paragraph = [];
      from = row.from;
      yield named(from);
    }
    paragraph.push([`  -> ${named(row.to)}`, connectionWords(row)]);
  }
  if (from === undefined) yield "nobody reaches anybody";
  yield* formatTable(paragraph);
  for (const { name, members } of classes ?? []) {
    if (members.length === 1) continue;
    yield "";
    yield `like ${name}:`;
    for (const member of members) if (member !== name) yield `  ${member}`;
  }
}

/** What workloads are open to: a paragraph for each. */
export function* exposureText(rows: Iterable<Reached>): Generator<string> {
  const byWorkload = Map.groupBy(rows, ({ to }) => to);
  if (byWorkload.size === 0) yield "nobody is open to outside or to other namespaces";
  let isFirst = true;
  for (const [workload, own] of byWorkload) {
    if (!isFirst) yield "";
    isFirst = false;
    yield workload;
    yield* formatTable(own.map((row) => [`  <- ${row.from}`, connectionWords(row)]));
  }
}

/** What passes, and whether it does between all members of both. */
export function connectionWords({ connections, isUniform }: Reached): string {
  const words = formatConnections(connections);
  return isUniform ? words : `${words} (not between all)`;
}
