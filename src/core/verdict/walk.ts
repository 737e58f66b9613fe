/** Walks a section of compiled policy with a packet. */
import type { Decision, Step } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { CompiledRule, Section, Stage } from "../policy/policy.ts";
import { matchesRule } from "./match.ts";
import { indexOf } from "./stage-index.ts";

/** What a section says of a packet, what it logs on the way, and what is pending. */
export type Answer = Pick<Step, "action" | "decision" | "logs" | "pending">;

type Log = Step["logs"][number];

export function walk(section: Section, flow: Flow): Answer {
  const logs: Log[] = [];
  for (const stage of section.stages) {
    const { action, decision } = walkStage(stage, flow, logs);
    if (action !== "Pass") return { action, decision, logs };
  }
  return { action: section.final, decision: section.finalDecision, logs };
}

/** What one stage says, `Pass` meaning the next one; Log rules that match are added to `logs`. */
export function walkStage(
  stage: Stage,
  flow: Flow,
  logs: Log[],
): { readonly action: "Allow" | "Deny" | "Pass"; readonly decision: Decision } {
  const index = indexOf(stage);
  for (const rule of index ? index.met(flow) : rulesMet(stage.rules, flow)) {
    if (rule.action !== "Log") return { action: rule.action, decision: rule.decision };
    if (isRule(rule.decision)) logs.push(rule.decision);
  }
  return { action: stage.otherwise, decision: stage.otherwiseDecision };
}

/** The rules that a walk with the packet meets: Log rules that match, the first other that does. */
export function rulesMet(rules: readonly CompiledRule[], flow: Flow): CompiledRule[] {
  const met: CompiledRule[] = [];
  for (const rule of rules) {
    if (!matchesRule(rule, flow)) continue;
    met.push(rule);
    if (rule.action !== "Log") break;
  }
  return met;
}

function isRule(decision: Decision): decision is Log {
  return decision.by === "rule" || decision.by === "profile";
}
