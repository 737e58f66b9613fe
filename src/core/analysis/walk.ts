/** Walks a section of compiled policy with all connections at once, as `verdict/walk.ts` does with one. */
import type { Decision, Step } from "../model/verdict.ts";
import type { CompiledRule, Section, Stage } from "../policy/policy.ts";
import { ConnectionSet } from "./connection-set.ts";
import { matchedBy, type Pair } from "./match.ts";

/** What becomes of some connections, and by what. */
export interface Outcome {
  readonly connections: ConnectionSet;
  readonly action: Step["action"];
  readonly decision: Decision;
}

/** Learns which of the connections that a rule matches got as far as that rule. */
export type Watch = (rule: CompiledRule, matched: ConnectionSet, reached: ConnectionSet) => void;

/** What a section says of `asked`: outcomes that share nothing and are `asked` together. */
export function walk(
  section: Section,
  pair: Pair,
  asked: ConnectionSet,
  watch?: Watch,
): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  let left = asked;
  for (const stage of section.stages) {
    if (left.isEmpty && !watch) break;
    left = walkStage(stage, pair, left, outcomes, watch);
  }
  settle(outcomes, left, section.final, section.finalDecision);
  return outcomes;
}

/** Adds what one stage decides of `asked`; returns what it passes on to the next. */
function walkStage(
  stage: Stage,
  pair: Pair,
  asked: ConnectionSet,
  outcomes: Outcome[],
  watch: Watch | undefined,
): ConnectionSet {
  let left = asked;
  let passed = ConnectionSet.none;
  for (const rule of stage.rules) {
    if (left.isEmpty && !watch) break;
    const matched = matchedBy(rule, pair);
    if (matched.isEmpty) continue;
    const reached = left.intersect(matched);
    watch?.(rule, matched, reached);
    if (rule.action === "Log") continue;
    left = left.subtract(reached);
    if (rule.action === "Pass") passed = passed.union(reached);
    else settle(outcomes, reached, rule.action, rule.decision);
  }
  if (stage.otherwise === "Pass") return passed.union(left);
  settle(outcomes, left, stage.otherwise, stage.otherwiseDecision);
  return passed;
}

function settle(
  outcomes: Outcome[],
  connections: ConnectionSet,
  action: Outcome["action"],
  decision: Decision,
): void {
  if (!connections.isEmpty) outcomes.push({ connections, action, decision });
}
