/** The way of a packet or a request through one list of an endpoint: every rule, and what it said. */
import type { ListedTier } from "../calc/policy-lists.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction, Policy, Rule } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import type { Subject } from "./questions.ts";
import { Reading, type RuleReader, type TracedRule } from "./rule-reader.ts";

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
  readonly reader: RuleReader;
  readonly model: Model;
  readonly endpoint: Endpoint;
  readonly list: PolicyList;
  readonly direction: Direction;
}

/** Walks a list with its staged policies shown and without effect. */
export function traceOf(walked: Walked, subject: Subject): Trace {
  const { reader, model, endpoint, list, direction } = walked;
  const orders = new Map(model.tiers.map((tier) => [tier.name, tier.order]));
  const reading = new Reading(reader, subject);
  const tiers: TracedTier[] = [];
  let number = 0;
  for (const listed of reader.cluster.policies(endpoint, list)) {
    if (listed[direction].length === 0) continue;
    const traced = traceTier(listed, direction, list, reading, number);
    const order = orders.get(listed.tier.name);
    tiers.push({ ...traced, ...(order !== undefined && { order }) });
    number += traced.policies.length;
    if (["Allow", "Deny", "end: Deny"].includes(traced.left)) return { tiers, profiles: [] };
  }
  return { tiers, profiles: list === "normal" ? traceProfiles(walked, subject, reading) : [] };
}

function traceTier(
  { tier, ...listed }: ListedTier<Policy>,
  direction: Direction,
  list: PolicyList,
  reading: Reading,
  before: number,
): Omit<TracedTier, "order"> {
  const { name } = tier;
  const policies: TracedPolicy[] = [];
  const enforced = listed[direction].filter(({ staged }) => !staged);
  for (const [i, policy] of listed[direction].entries()) {
    const { rules, decided } = reading.read(rulesOf(policy, direction));
    policies.push({ policy, number: before + i + 1, rules });
    if (!decided || policy.staged) continue;
    const unread = enforced.length - enforced.indexOf(policy) - 1;
    return { name, policies, unread, left: decided };
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
  reading: Reading,
): TracedProfile[] {
  const profiles: TracedProfile[] = [];
  for (const name of endpoint.profiles) {
    const profile = model.profiles.get(name);
    const { rules, decided } = reading.read(profile?.[direction] ?? []);
    profiles.push({ name, exists: profile !== undefined, rules });
    if (!profile && subject.is === "packet") return profiles;
    if (decided && decided !== "Pass") return profiles;
  }
  return profiles;
}
