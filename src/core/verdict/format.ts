/** Decisions and steps in words. */
import { formatObject } from "../model/policy.ts";
import type { Decision, Step } from "../model/verdict.ts";

/**
 * What decided, e.g. `NetworkPolicy production/allow-tcp-6379 rule 1`. People count rules from 1.
 */
export function formatDecision(decision: Decision): string {
  switch (decision.by) {
    case "rule":
      return `${formatObject(decision.policy)} rule ${decision.rule + 1}`;
    case "end-of-tier":
      return `end of tier ${decision.tier}`;
    case "profile":
      return `profile ${decision.profile} rule ${decision.rule + 1}`;
    default:
      return WORDS[decision.by];
  }
}

/** One line: `deny  ingress of production/red: end of tier default`. */
export function formatStep({ action, direction, endpoint, list, decision }: Step): string {
  const where = list === "normal" ? direction : `${list} ${direction}`;
  return `${action.toLowerCase()}  ${where} of ${endpoint}: ${formatDecision(decision)}`;
}

const WORDS: Readonly<Record<Exclude<Decision["by"], "rule" | "end-of-tier" | "profile">, string>> =
  {
    "no-profile": "no profile allows it",
    failsafe: "failsafe port",
    "forward-default": "no policy for forwarded traffic",
    "endpoint-to-host": "workloads' traffic to their own host",
    "neighbour-discovery": "neighbour discovery",
    encapsulation: "workloads may not send tunnel packets",
    "no-match": "no rule matched",
    "invalid-state": "reply of an untracked connection",
  };
