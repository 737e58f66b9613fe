/** Walks a section of compiled policy with a packet. */
import type { Decision, Step } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { Section, Stage } from "../policy/policy.ts";
import { rulesMet } from "./rules-met.ts";

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
  for (const rule of rulesMet(stage, flow)) {
    if (rule.action !== "Log") return { action: rule.action, decision: rule.decision };
    if (isRule(rule.decision)) logs.push(rule.decision);
  }
  return { action: stage.otherwise, decision: stage.otherwiseDecision };
}

function isRule(decision: Decision): decision is Log {
  return decision.by === "rule" || decision.by === "profile";
}
