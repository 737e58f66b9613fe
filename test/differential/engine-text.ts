/** Verdicts as lines, to compare and to read. */
import type { RequestAnswer, RequestVerdict, Turn } from "../../src/core/model/request-verdict.ts";
import type { Decision, Step, Verdict } from "../../src/core/model/verdict.ts";

export function verdictLines({ action, steps }: Verdict): string[] {
  return [action, ...steps.map(stepText)];
}

export function requestLines(verdict: RequestVerdict): string[] {
  const { logs, pending } = verdict;
  return [
    ...answerLines(verdict),
    ...logs.map((log) => `log ${decisionText(log)}`),
    ...(pending ? answerLines(pending).map((line) => `pending ${line}`) : []),
  ];
}

function answerLines({ action, turns }: RequestAnswer): string[] {
  return [action, ...turns.map((turn: Turn) => `${turn.action} ${decisionText(turn.decision)}`)];
}

function stepText(step: Step): string {
  const { node, endpoint, kind, direction, list, action, decision, logs, pending } = step;
  const where = `${node} ${kind} ${endpoint} ${list} ${direction}`;
  const logged = logs.map((log) => ` log ${decisionText(log)}`).join("");
  const staged = pending ? ` pending ${pending.action} ${decisionText(pending.decision)}` : "";
  return `${where}: ${action} ${decisionText(decision)}${logged}${staged}`;
}

function decisionText(decision: Decision): string {
  switch (decision.by) {
    case "rule":
      return `${decision.tier} ${policyText(decision.policy)} ${decision.rule} ${decision.path}`;
    case "profile":
      return `profile ${decision.profile} ${decision.rule} ${decision.path}`;
    case "end-of-tier":
      return `end of ${decision.tier} ${policyText(decision.policy)}`;
    default:
      return decision.by;
  }
}

function policyText({ kind, namespace, name }: { kind: string; namespace: string; name: string }) {
  return `${kind}/${namespace}/${name}`;
}
