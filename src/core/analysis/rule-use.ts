/** What becomes of each rule over all connections of a cluster: which decide, which are shadowed. */
import { once } from "../calc/once.ts";
import type { Decision } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { CompiledRule } from "../policy/policy.ts";
import type { Analysis } from "./analysis.ts";
import type { Sighting } from "./walk.ts";
import { witness } from "./witness.ts";

/**
 * A compiled rule of a list that packets meet, with a packet for each thing that can be. A rule of a
 * manifest may be several of these: `decision` says which rule it is of. One that matches no packet
 * between any two peers is in no use at all.
 */
export interface RuleUse {
  readonly rule: CompiledRule;
  readonly decision: Decision;
  /** A packet that it matches, whether that gets to it or not. */
  readonly matched: Flow;
  /** One that gets to it; without it the rule is shadowed. */
  readonly reached?: Flow;
  /** Rules that take some of what it matches before it, in the order in which they were seen. */
  readonly coveredBy: readonly Cover[];
}

/** An earlier rule, and a packet that it takes from a later one. */
export interface Cover {
  readonly rule: CompiledRule;
  readonly taken: Flow;
}

interface Use {
  readonly rule: CompiledRule;
  readonly matched: Flow;
  reached?: Flow;
  readonly coveredBy: Map<CompiledRule, Flow>;
}

/** The uses of all rules that some packet between peers of the cluster matches. */
export function ruleUses(analysis: Analysis): readonly RuleUse[] {
  const uses = new Map<CompiledRule, Use>();
  analysis.observe((sighting) => see(uses, sighting));
  return Array.from(uses.values(), ({ coveredBy, ...use }) => ({
    ...use,
    decision: use.rule.decision,
    coveredBy: Array.from(coveredBy, ([rule, taken]) => ({ rule, taken })),
  }));
}

function see(uses: Map<CompiledRule, Use>, { rule, pair, matched, reached, taken }: Sighting) {
  const use = once(uses, rule, (): Use => {
    return { rule, matched: someOf(matched, pair), coveredBy: new Map() };
  });
  if (!use.reached && !reached.isEmpty) use.reached = someOf(reached, pair);
  if (reached.covers(matched)) return;
  for (const earlier of taken) {
    if (use.coveredBy.has(earlier.rule)) continue;
    const both = earlier.connections.intersect(matched);
    if (!both.isEmpty) use.coveredBy.set(earlier.rule, someOf(both, pair));
  }
}

function someOf(...[set, pair]: Parameters<typeof witness>): Flow {
  const found = witness(set, pair);
  if (!found) throw new Error("an empty set has no packet");
  return found;
}
