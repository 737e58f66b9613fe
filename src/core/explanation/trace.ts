/** The way of a packet or a request through one list of an endpoint: every rule, and what it said. */
import type { ListedTier } from "../calc/policy-lists.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction, Policy, Rule } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { Request } from "../net/request.ts";
import type { Cluster } from "../verdict/cluster.ts";
import { matchesRule } from "../verdict/match.ts";
import { matchRequest } from "../verdict/match-request.ts";
import { type Criterion, criteriaOf } from "./criteria.ts";

/** What meets the rules. */
export type Subject =
  | { readonly is: "packet"; readonly flow: Flow }
  | { readonly is: "request"; readonly flow: Flow; readonly request: Request };

/** A rule that was read. It matched unless something is missed. */
export interface TracedRule {
  readonly rule: Rule;
  readonly matched: boolean;
  /** The criteria that do not hold; of a rule that did not match never empty. */
  readonly misses: readonly Criterion[];
}

export interface TracedPolicy {
  readonly policy: Policy;
  /** From 1, over all tiers. */
  readonly number: number;
  /** Those that were read: none follows the one that decided. */
  readonly rules: readonly TracedRule[];
}

export interface TracedTier {
  readonly name: string;
  /** Absent for a tier that policies name and that does not exist. */
  readonly order?: number;
  readonly policies: readonly TracedPolicy[];
  /** How many enforced policies of it come after the rule that decided. */
  readonly unread: number;
  /** How the packet left the tier; `staged` for a tier that enforces nothing. */
  readonly left: "Allow" | "Deny" | "Pass" | "end: Deny" | "end: Pass" | "staged";
}

export interface TracedProfile {
  readonly name: string;
  readonly exists: boolean;
  readonly rules: readonly TracedRule[];
}

export interface Trace {
  readonly tiers: readonly TracedTier[];
  /** Those that were read, in the list that has any. */
  readonly profiles: readonly TracedProfile[];
}

/** Where a walk takes place. */
export interface Walked {
  readonly cluster: Cluster;
  readonly model: Model;
  readonly endpoint: Endpoint;
  readonly list: PolicyList;
  readonly direction: Direction;
}

/** Walks a list with its staged policies shown and without effect. */
export function traceOf(walked: Walked, subject: Subject): Trace {
  const { cluster, model, endpoint, list, direction } = walked;
  const orders = new Map(model.tiers.map((tier) => [tier.name, tier.order]));
  const read = (rule: Rule) => readRule(cluster, rule, subject);
  const tiers: TracedTier[] = [];
  let number = 0;
  for (const listed of cluster.policies(endpoint, list)) {
    if (listed[direction].length === 0) continue;
    const traced = traceTier(listed, direction, list, read, number);
    const order = orders.get(listed.tier.name);
    tiers.push({ ...traced, ...(order !== undefined && { order }) });
    number += traced.policies.length;
    if (["Allow", "Deny", "end: Deny"].includes(traced.left)) return { tiers, profiles: [] };
  }
  return { tiers, profiles: list === "normal" ? traceProfiles(walked, subject, read) : [] };
}

/** The criteria of a rule that do not hold; whether it matches is asked of the whole rule. */
function readRule(cluster: Cluster, rule: Rule, subject: Subject): TracedRule {
  const isForOther = subject.is === "packet" && rule.http !== undefined;
  if (!isForOther && matches(cluster, rule, subject)) return { rule, matched: true, misses: [] };
  const misses = criteriaOf(rule)
    .filter(({ criterion, rule: lone, context }) => {
      if (subject.is === "packet") {
        if (criterion.on === "http") return true;
        if (criterion.on === "principal") return false;
      }
      if (matches(cluster, lone, subject)) return false;
      return context === undefined || matches(cluster, context, subject);
    })
    .map(({ criterion }) => criterion);
  return { rule, matched: false, misses };
}

function matches(cluster: Cluster, rule: Rule, subject: Subject): boolean {
  const compiled = cluster.rule(rule);
  if (!compiled) return false;
  if (subject.is === "packet") return matchesRule(compiled, subject.flow);
  return matchRequest(compiled, subject.request, cluster) === "yes";
}

function traceTier(
  { tier, ...listed }: ListedTier<Policy>,
  direction: Direction,
  list: PolicyList,
  read: (rule: Rule) => TracedRule,
  before: number,
): Omit<TracedTier, "order"> {
  const { name } = tier;
  const policies: TracedPolicy[] = [];
  const enforced = listed[direction].filter(({ staged }) => !staged);
  for (const [i, policy] of listed[direction].entries()) {
    const rules: TracedRule[] = [];
    policies.push({ policy, number: before + i + 1, rules });
    for (const rule of rulesOf(policy, direction)) {
      const traced = read(rule);
      rules.push(traced);
      if (!traced.matched || rule.action === "Log") continue;
      if (policy.staged) break;
      const unread = enforced.length - enforced.indexOf(policy) - 1;
      return { name, policies, unread, left: rule.action };
    }
  }
  if (enforced.length === 0) return { name, policies, unread: 0, left: "staged" };
  const passes = list === "untracked" || list === "preDNAT" || tier.defaultAction === "Pass";
  return { name, policies, unread: 0, left: passes ? "end: Pass" : "end: Deny" };
}

/** A policy that cannot be enforced as written denies all that it governs. */
export function rulesOf(policy: Policy, direction: Direction): readonly Rule[] {
  if (policy.unenforceable === undefined) return policy[direction];
  return [{ action: "Deny", path: `spec.${direction}`, index: 0, source: {}, destination: {} }];
}

function traceProfiles(
  { model, endpoint, direction }: Walked,
  subject: Subject,
  read: (rule: Rule) => TracedRule,
): TracedProfile[] {
  const profiles: TracedProfile[] = [];
  for (const name of endpoint.profiles) {
    const profile = model.profiles.get(name);
    const rules: TracedRule[] = [];
    profiles.push({ name, exists: profile !== undefined, rules });
    if (!profile && subject.is === "packet") return profiles;
    for (const rule of profile?.[direction] ?? []) {
      const traced = read(rule);
      rules.push(traced);
      if (!traced.matched || rule.action === "Log") continue;
      if (rule.action !== "Pass") return profiles;
      break;
    }
  }
  return profiles;
}
