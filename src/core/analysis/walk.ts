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

/** A rule that some connections of a list could meet. */
export interface Sighting {
  readonly rule: CompiledRule;
  readonly pair: Pair;
  /** Never empty. */
  readonly matched: ConnectionSet;
  /** What of `matched` no earlier rule took. */
  readonly reached: ConnectionSet;
  /** What the rules before it took, in order. */
  readonly taken: readonly Taken[];
}

/** Connections that a rule decided or passed on. */
export interface Taken {
  readonly connections: ConnectionSet;
  readonly rule: CompiledRule;
}

/** Is told of every rule that matches something, as it is met. */
export type Watch = (sighting: Sighting) => void;

/** What a section says of `asked`: outcomes that share nothing and are `asked` together. */
export function walk(
  section: Section,
  pair: Pair,
  asked: ConnectionSet,
  watch?: Watch,
): readonly Outcome[] {
  const walking = new Walk(pair, watch);
  let left = asked;
  for (const stage of section.stages) left = walking.through(stage, left);
  walking.settle(left, section.final, section.finalDecision);
  return walking.outcomes;
}

class Walk {
  readonly outcomes: Outcome[] = [];
  readonly #pair: Pair;
  readonly #watch: Watch | undefined;
  readonly #taken: Taken[] = [];

  constructor(pair: Pair, watch: Watch | undefined) {
    this.#pair = pair;
    this.#watch = watch;
  }

  /** What one stage passes on of `asked`; what it decides becomes an outcome. */
  through(stage: Stage, asked: ConnectionSet): ConnectionSet {
    let left = asked;
    let passed = ConnectionSet.none;
    for (const rule of stage.rules) {
      if (left.isEmpty && !this.#watch) break;
      const reached = this.#reached(rule, left);
      if (rule.action === "Log" || reached.isEmpty) continue;
      left = left.subtract(reached);
      if (rule.action === "Pass") passed = passed.union(reached);
      else this.settle(reached, rule.action, rule.decision);
    }
    if (stage.otherwise === "Pass") return passed.union(left);
    this.settle(left, stage.otherwise, stage.otherwiseDecision);
    return passed;
  }

  settle(connections: ConnectionSet, action: Outcome["action"], decision: Decision): void {
    if (!connections.isEmpty) this.outcomes.push({ connections, action, decision });
  }

  #reached(rule: CompiledRule, left: ConnectionSet): ConnectionSet {
    const matched = matchedBy(rule, this.#pair);
    const reached = left.intersect(matched);
    if (!this.#watch || matched.isEmpty) return reached;
    this.#watch({ rule, pair: this.#pair, matched, reached, taken: [...this.#taken] });
    if (rule.action !== "Log") this.#taken.push({ connections: reached, rule });
    return reached;
  }
}
