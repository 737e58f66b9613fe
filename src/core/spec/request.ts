/**
 * What the ingress policy of a workload says of a request that a proxy before it has received
 * (evaluation.md §13). Rules are matched as for packets, by §5; http criteria and the principals of
 * the two sides come on top.
 */
import type { WorkloadEndpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Rule } from "../model/policy.ts";
import type { RequestAnswer, RequestVerdict, Turn } from "../model/request-verdict.ts";
import type { Decision, ProfileDecision, RuleDecision } from "../model/verdict.ts";
import type { Request } from "../net/request.ts";
import { endOfTier, hasStaged, ruleDecision, rulesOf } from "./endpoint.ts";
import { activeTiers, type Scope } from "./policies.ts";
import { matchRequest } from "./request-rule.ts";

type Logs = (RuleDecision | ProfileDecision)[];

/** Judges `request` at `endpoint`, which is where it goes. */
export function evaluateRequest(
  model: Model,
  endpoint: WorkloadEndpoint,
  request: Request,
): RequestVerdict {
  const logs: Logs = [];
  const answer = walk(model, endpoint, request, "enforced", logs);
  const verdict = { ...answer, logs };
  if (!hasStaged(model, endpoint, "ingress", "normal")) return verdict;
  return { ...verdict, pending: walk(model, endpoint, request, "pending", []) };
}

/** §4, with a turn for each tier that the request meets. */
function walk(
  model: Model,
  endpoint: WorkloadEndpoint,
  request: Request,
  scope: Scope,
  logs: Logs,
): RequestAnswer {
  const turns: Turn[] = [];
  tier: for (const tier of activeTiers(model, endpoint, "ingress", "normal", scope)) {
    for (const policy of tier.policies) {
      for (const rule of rulesOf(policy, "ingress")) {
        const match = matchRequest(model, rule, request);
        if (match === "bad request") return { action: "BadRequest", turns };
        if (match === "no") continue;
        const decision = ruleDecision(policy, rule);
        if (rule.action === "Log") {
          logs.push(decision);
          continue;
        }
        turns.push({ action: rule.action, decision });
        if (rule.action === "Pass") continue tier;
        return { action: rule.action, turns };
      }
    }
    turns.push({ action: tier.defaultAction, decision: endOfTier(tier) });
    if (tier.defaultAction === "Deny") return { action: "Deny", turns };
  }
  return walkProfiles(model, endpoint, request, turns, logs);
}

/** §8, but of requests: "missing profile skipped; Pass in profile = deny; none → deny". */
function walkProfiles(
  model: Model,
  endpoint: WorkloadEndpoint,
  request: Request,
  turns: readonly Turn[],
  logs: Logs,
): RequestAnswer {
  const ending = (action: "Allow" | "Deny", decision: Decision): RequestAnswer => ({
    action,
    turns: [...turns, { action, decision }],
  });
  for (const name of endpoint.profiles) {
    const profile = model.profiles.get(name);
    if (!profile) continue;
    for (const rule of profile.ingress) {
      const match = matchRequest(model, rule, request);
      if (match === "bad request") return { action: "BadRequest", turns };
      if (match === "no") continue;
      const decision = profileDecision(name, rule);
      if (rule.action !== "Log") {
        return ending(rule.action === "Allow" ? "Allow" : "Deny", decision);
      }
      logs.push(decision);
    }
  }
  return ending("Deny", { by: "no-profile" });
}

function profileDecision(profile: string, { index, path }: Rule): ProfileDecision {
  return { by: "profile", profile, rule: index, path };
}
