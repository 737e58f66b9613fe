/** Which rules of a stage a packet meets: tried in turn, or looked up where that takes too long. */
import type { Flow } from "../net/flow.ts";
import type { CompiledRule, Stage } from "../policy/policy.ts";
import { MOST_FILED } from "./block-table.ts";
import { matchesRule } from "./match.ts";
import { StageIndex } from "./stage-index.ts";

/** So few rules are tried sooner than they are looked up. */
const FEW = 32;
/** To try each rule so often takes about as long as making the index. */
const BEFORE_INDEXING = 100;

/** How many rules of a stage have been tried, and then its index. */
const known = new WeakMap<Stage, number | StageIndex>();

/** The Log rules that match, in their order, and then the first other that does, if one does. */
export function rulesMet(stage: Stage, flow: Flow): CompiledRule[] {
  const { rules } = stage;
  if (rules.length < FEW || rules.length > MOST_FILED) return metInTurn(rules, flow).met;
  const before = known.get(stage) ?? 0;
  if (typeof before !== "number") return before.met(flow);
  const { met, tried } = metInTurn(rules, flow);
  const all = before + tried;
  known.set(stage, all < BEFORE_INDEXING * rules.length ? all : new StageIndex(stage));
  return met;
}

/** The same by trying the rules, and how many of them that took. */
export function metInTurn(
  rules: readonly CompiledRule[],
  flow: Flow,
): { readonly met: CompiledRule[]; readonly tried: number } {
  const met: CompiledRule[] = [];
  let tried = 0;
  for (const rule of rules) {
    tried++;
    if (!matchesRule(rule, flow)) continue;
    met.push(rule);
    if (rule.action !== "Log") break;
  }
  return { met, tried };
}
