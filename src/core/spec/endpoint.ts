/** What one endpoint says of a packet in one direction (evaluation.md §4, §7, §8 and §9.2). */
import { configurationOf } from "../model/configuration.ts";
import { type Endpoint, endpointName } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Action, Direction, Policy, Rule } from "../model/policy.ts";
import type {
  Decision,
  PolicyList,
  ProfileDecision,
  RuleDecision,
  Step,
} from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import { UDP } from "../net/protocol.ts";
import { isFailsafe } from "./failsafe.ts";
import { type ActiveTier, activeTiers, governingPolicies, type Scope } from "./policies.ts";
import { ruleMatches } from "./rule.ts";

const IPIP = 4;

/**
 * Judges a packet by one list of an endpoint's policies and, in the normal list, its profiles. A
 * workload endpoint has no other list than the normal one.
 */
export function evaluateEndpoint(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  flow: Flow,
  list: PolicyList = "normal",
): Step {
  const logs: Logs = [];
  const answer = answerOf(model, endpoint, direction, flow, list, "enforced", logs);
  const step = stepOf(endpoint, direction, list, answer, logs);
  if (!hasStaged(model, endpoint, direction, list)) return step;
  return { ...step, pending: answerOf(model, endpoint, direction, flow, list, "pending", []) };
}

function answerOf(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  flow: Flow,
  list: PolicyList,
  scope: Scope,
  logs: Logs,
): Answer {
  const tiers = activeTiers(model, endpoint, direction, list, scope);
  return (
    beforePolicy(model, endpoint, direction, flow, list) ??
    walkTiers(model, tiers, direction, flow, list, logs) ??
    afterTiers(model, endpoint, direction, flow, list, logs)
  );
}

/** §2, 6: whether the list has a policy, staged or not, of either direction. */
export function hasPolicies(model: Model, endpoint: Endpoint, list: PolicyList): boolean {
  const directions = ["ingress", "egress"] as const;
  return directions.some((one) => governingPolicies(model, endpoint, one, list).length > 0);
}

/** Whether a staged policy governs the direction in this list, so that its answer is pending. */
export function hasStaged(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  list: PolicyList,
): boolean {
  return governingPolicies(model, endpoint, direction, list).some((policy) => policy.staged);
}

export type Answer = Pick<Step, "action" | "decision">;
type Logs = (RuleDecision | ProfileDecision)[];

/** An answer as a step of `endpoint`. */
export function stepOf(
  endpoint: Endpoint,
  direction: Direction,
  list: PolicyList,
  answer: Answer,
  logs: Step["logs"] = [],
): Step {
  const { node, kind } = endpoint;
  return { node, endpoint: endpointName(endpoint), kind, direction, list, ...answer, logs };
}

/** What comes before the tiers: encapsulation of workloads (§7.1), failsafes of hosts (§9.7). */
function beforePolicy(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  flow: Flow,
  list: PolicyList,
): Answer | undefined {
  const configuration = configurationOf(model, endpoint.node);
  if (endpoint.kind === "HostEndpoint") {
    const safe = isFailsafe(configuration, direction, list, flow);
    return safe ? { action: "Allow", decision: { by: "failsafe" } } : undefined;
  }
  if (direction === "ingress") return undefined;
  const { allowVxlanFromWorkloads, allowIpipFromWorkloads, vxlanPort } = configuration;
  const vxlan = flow.protocol === UDP && flow.destinationPort === vxlanPort;
  const ipip = flow.protocol === IPIP;
  const refused = (vxlan && !allowVxlanFromWorkloads) || (ipip && !allowIpipFromWorkloads);
  return refused ? { action: "Deny", decision: { by: "encapsulation" } } : undefined;
}

/** §4. Undefined when every tier passed the packet on. */
function walkTiers(
  model: Model,
  tiers: readonly ActiveTier[],
  direction: Direction,
  flow: Flow,
  list: PolicyList,
  logs: Logs,
): Answer | undefined {
  tier: for (const tier of tiers) {
    for (const policy of tier.policies) {
      for (const rule of rulesOf(policy, direction)) {
        if (!ruleMatches(model, rule, flow)) continue;
        const decision = ruleDecision(policy, rule);
        switch (rule.action) {
          case "Allow":
          case "Deny":
            return { action: rule.action, decision };
          case "Pass":
            continue tier;
          case "Log":
            logs.push(decision);
        }
      }
    }
    // §9.2: "no end-of-tier deny (tier default forced Pass)" in untracked and pre-DNAT policy.
    const passes = list === "untracked" || list === "preDNAT" || tier.defaultAction === "Pass";
    if (!passes) return { action: "Deny", decision: endOfTier(tier) };
  }
  return undefined;
}

/** What follows when no tier decided: §9.2, last column; §9.4; or the profiles. */
function afterTiers(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  flow: Flow,
  list: PolicyList,
  logs: Logs,
): Answer {
  switch (list) {
    case "untracked":
    case "preDNAT":
      return { action: "None", decision: { by: "no-match" } };
    case "forward":
      return { action: "Allow", decision: { by: "forward-default" } };
    case "normal":
      return walkProfiles(model, endpoint, direction, flow, logs);
  }
}

/** §8. Pass ends a profile, and the next one is read. */
function walkProfiles(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  flow: Flow,
  logs: Logs,
): Answer {
  profile: for (const name of endpoint.profiles) {
    const profile = model.profiles.get(name);
    if (!profile) break; // "A profile named but missing → replaced by deny-all."
    for (const rule of profile[direction]) {
      if (!ruleMatches(model, rule, flow)) continue;
      const { index, path } = rule;
      const decision: ProfileDecision = { by: "profile", profile: name, rule: index, path };
      switch (rule.action) {
        case "Allow":
        case "Deny":
          return { action: rule.action, decision };
        case "Pass":
          continue profile;
        case "Log":
          logs.push(decision);
      }
    }
  }
  return { action: "Deny", decision: { by: "no-profile" } };
}

/** §12.3: what no rule matches is put down to "the last policy of the tier that governs". */
export function endOfTier({ name, policies }: ActiveTier): Decision {
  const last = policies.at(-1);
  if (!last) throw new Error(`tier ${name} is active without policies`);
  return { by: "end-of-tier", tier: name, policy: idOf(last) };
}

/** A policy that cannot be enforced as written denies all that it governs. */
export function rulesOf(policy: Policy, direction: Direction): readonly Rule[] {
  if (policy.unenforceable === undefined) return policy[direction];
  const action: Action = "Deny";
  return [{ action, path: `spec.${direction}`, index: 0, source: {}, destination: {} }];
}

/** What a matching rule of a policy is reported as. */
export function ruleDecision(policy: Policy, rule: Rule): RuleDecision {
  const { tier } = policy;
  return { by: "rule", tier, policy: idOf(policy), rule: rule.index, path: rule.path };
}

function idOf({ kind, namespace, name }: Policy) {
  return { kind, namespace, name };
}
