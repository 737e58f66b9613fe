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

/** What a rule, or a tier's end, took of the connections that came to a list. */
export interface Meeting {
  /** A tier's end passes on nothing: where it does, it is no meeting. */
  readonly action: CompiledRule["action"];
  readonly decision: Decision;
  /** Everything that it speaks of, whether that gets to it or not; never empty. */
  readonly matched: ConnectionSet;
  /** What of it got there. A Log rule takes nothing away by it. */
  readonly reached: ConnectionSet;
}

/** Is told, in order, what met the connections between two addresses in a list. */
export type Meet = (meetings: readonly Meeting[]) => void;

/** What a section says of `asked`: outcomes that share nothing and are `asked` together. */
export function walk(
  section: Section,
  pair: Pair,
  asked: ConnectionSet,
  met?: Meet,
): readonly Outcome[] {
  const walking = new Walk(pair, met !== undefined);
  let left = asked;
  for (const stage of section.stages) {
    if (left.isEmpty && !met) break;
    left = walking.through(stage, left);
  }
  met?.(walking.meetings);
  walking.settle(left, section.final, section.finalDecision);
  return walking.outcomes;
}

class Walk {
  readonly outcomes: Outcome[] = [];
  readonly meetings: Meeting[] = [];
  readonly #pair: Pair;
  readonly #isWatched: boolean;

  constructor(pair: Pair, isWatched: boolean) {
    this.#pair = pair;
    this.#isWatched = isWatched;
  }

  /** What one stage passes on of `asked`; what it decides becomes an outcome. */
  through(stage: Stage, asked: ConnectionSet): ConnectionSet {
    let left = asked;
    let passed = ConnectionSet.none;
    for (const rule of stage.rules) {
      if (left.isEmpty && !this.#isWatched) break;
      const reached = this.#meet(rule, left);
      if (rule.action === "Log" || reached.isEmpty) continue;
      left = left.subtract(reached);
      if (rule.action === "Pass") passed = passed.union(reached);
      else this.settle(reached, rule.action, rule.decision);
    }
    const { otherwise: action, otherwiseDecision: decision } = stage;
    if (action === "Pass") return passed.union(left);
    if (this.#isWatched) {
      this.meetings.push({ action, decision, matched: ConnectionSet.all, reached: left });
    }
    this.settle(left, action, decision);
    return passed;
  }

  settle(connections: ConnectionSet, action: Outcome["action"], decision: Decision): void {
    if (!connections.isEmpty) this.outcomes.push({ connections, action, decision });
  }

  /** What of `left` gets to a rule and matches. */
  #meet(rule: CompiledRule, left: ConnectionSet): ConnectionSet {
    const matched = matchedBy(rule, this.#pair);
    const reached = left.intersect(matched);
    const { action, decision } = rule;
    if (this.#isWatched && !matched.isEmpty) {
      this.meetings.push({ action, decision, matched, reached });
    }
    return reached;
  }
}
