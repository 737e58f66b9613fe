/** Who can reach whom, on what: exactly, over all packets. */
import { compareAddresses } from "../net/address.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Analysis } from "./analysis.ts";
import { Between, NOTHING, type Shaped } from "./between.ts";
import type { ConnectionSet } from "./connection-set.ts";
import type { Group } from "./groups.ts";

/** What passes from one group to another, or to or from a range of addresses outside. */
export interface Reached {
  readonly from: string;
  readonly to: string;
  /** Never empty: what passes from some member of one to some other member of the other. */
  readonly connections: ConnectionSet;
  /** Whether the same passes between any two of their members. */
  readonly isUniform: boolean;
}

/**
 * Every pair of a source and a destination between which anything passes, by name: first those from
 * groups, then those from outside by address. A member with itself is no pair. Neighbouring ranges
 * with the same answer are one.
 */
export function* reach(
  analysis: Analysis,
  sources: readonly Group[],
  destinations: readonly Group[] = sources,
): Generator<Reached> {
  const between = new Between(analysis, [...new Set([sources, destinations])]);
  const columns = between.shaped(destinations);
  for (const source of between.shaped(sources)) {
    yield* reachedFrom(source, columns, between);
    const { group: from, shape } = source;
    for (const { name, connections, isUniform } of between.outside(from, shape, "to")) {
      yield { from: from.name, to: name, connections, isUniform };
    }
  }
  const entering = columns.flatMap(({ group, shape }) =>
    between.outside(group, shape, "from").map((found) => ({ to: group.name, ...found })),
  );
  entering.sort(
    (a, b) =>
      compareAddresses(a.first, b.first) ||
      compareAddresses(a.last, b.last) ||
      compareBytes(a.to, b.to),
  );
  for (const { to, name, connections, isUniform } of entering) {
    yield { from: name, to, connections, isUniform };
  }
}

/** What one group reaches of the others: all at once, as a generator takes longer for each. */
function reachedFrom(
  { group: from, shape }: Shaped,
  columns: readonly Shaped[],
  between: Between,
): Reached[] {
  const row = between.row(shape);
  const isCommon = between.isCrossed ? sharesWith(from) : undefined;
  const reached: Reached[] = [];
  for (const { group: to, shape: column } of columns) {
    const isKept = !from.isNodeBound && !to.isNodeBound && from !== to && !isCommon?.(to);
    const answer = (isKept && row[column]) || between.answer(from, to);
    if (isKept) row[column] = answer;
    if (answer === NOTHING) continue;
    const { connections, isUniform } = answer;
    reached.push({ from: from.name, to: to.name, connections, isUniform });
  }
  return reached;
}

/** Tells which groups have a member of this one. */
function sharesWith({ members }: Group): (other: Group) => boolean {
  const own = new Set(members);
  return (other) => other.members.some((member) => own.has(member));
}
