/** Judges an assertion: every connection from everyone on one side to everyone on the other. */
import type { Analysis } from "../analysis/analysis.ts";
import type { TestedCluster } from "./cluster.ts";
import { PairJudge } from "./pair-judge.ts";
import type { AssertionResult, Failure } from "./result.ts";
import {
  type Pair,
  type Party,
  type PlacedAssertion,
  pairsOf,
  type Sides,
  sidesOf,
} from "./sides.ts";

const NO_PAIR =
  "nobody of `from` can connect to anybody of `to`: they are one and the same, or have no address " +
  "family in common";

/** Judges every pair of ends, to say of how many it does not hold. */
export function judgeAssertion(cluster: TestedCluster, placed: PlacedAssertion): AssertionResult {
  const { assertion, path } = placed;
  const failed = (pairs: number, failure: Failure) => ({ assertion, path, pairs, failure });
  const sides = sidesOf(cluster, placed);
  if ("by" in sides) return failed(0, sides);
  const judge = new PairJudge(cluster.analysis, assertion);
  for (const to of sides.targets) {
    const { asked } = judge.askedOf(to);
    if ("connections" in asked) continue;
    return failed(0, { by: "nobody", path: `${path}.ports`, message: asked.unknownPort });
  }
  let pairs = 0;
  let wrong = 0;
  let first: Pair | undefined;
  for (const group of groupsOf(cluster.analysis, judge, sides)) {
    const all = pairsOf(assertion, group);
    const { value: one } = all.next();
    if (!one) continue;
    if (judge.isOfMany(one)) {
      const count = countPairs(group);
      pairs += count;
      if (!judge.isWrong(one)) continue;
      wrong += count;
      if (!first || isBefore(one, first)) first = one;
      continue;
    }
    for (const pair of pairsOf(assertion, group)) {
      pairs++;
      if (!judge.isWrong(pair)) continue;
      wrong++;
      if (!first || isBefore(pair, first)) first = pair;
    }
  }
  const witness = first && judge.witness(first);
  if (witness) return failed(pairs, { by: "verdict", witness, others: wrong - 1 });
  if (pairs > 0 || assertion.allowEmpty) return { assertion, path, pairs };
  return failed(0, { by: "nobody", path, message: NO_PAIR });
}

/** Sources of one class with targets of which the same is asked and that nothing tells apart. */
function groupsOf(analysis: Analysis, judge: PairJudge, { sources, targets }: Sides): Sides[] {
  const bySource = Map.groupBy(sources, ({ peer }) => analysis.classOf(peer));
  const byTarget = Map.groupBy(targets, (to) => judge.askedOf(to).answers);
  return Array.from(byTarget.values()).flatMap((to) =>
    Array.from(bySource.values(), (from) => ({ sources: from, targets: to })),
  );
}

/** How many pairs a group of one family has; nobody is paired with itself. */
function countPairs({ sources, targets }: Sides): number {
  const selves = new Map<Party["self"], number>();
  for (const { self } of sources) selves.set(self, (selves.get(self) ?? 0) + 1);
  const same = targets.reduce((sum, { self }) => sum + (selves.get(self) ?? 0), 0);
  return sources.length * targets.length - same;
}

/** In the order of the sides, targets first. */
function isBefore(a: Pair, b: Pair): boolean {
  return a.to.place - b.to.place < 0 || (a.to === b.to && a.from.place < b.from.place);
}
