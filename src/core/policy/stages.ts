/** The stages of compiled policy: tiers and profiles with their rules, each made once. */
import { once } from "../calc/once.ts";
import { formatPolicyPath } from "../calc/order.ts";
import type { TierPlace } from "../calc/policy-lists.ts";
import type { Direction, Policy, PolicyId, Profile, Rule } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import { compileRule } from "./compile-rule.ts";
import { kept } from "./kept.ts";
import { Numbering } from "./numbering.ts";
import type { PeerSource } from "./peer-source.ts";
import type { CompiledRule, RequestRule, Stage } from "./policy.ts";

/** What meets the rules. Those with HTTP criteria are for requests only: a packet is none. */
export type Traffic = "packets" | "requests";

/** Makes stages. The same policies in the same order give the same object, whoever asks. */
export class Stages {
  readonly #peers: PeerSource;
  readonly #traffic: Traffic;
  readonly #rules: Record<Direction, Map<Policy, readonly RequestRule[]>> = {
    ingress: new Map(),
    egress: new Map(),
  };
  readonly #numbers = new Numbering<Policy>();
  readonly #tiers = new Map<string, Stage<RequestRule>>();
  readonly #profiles = new Map<string, Stage<RequestRule>>();

  constructor(peers: PeerSource, traffic: Traffic) {
    this.#peers = peers;
    this.#traffic = traffic;
  }

  /**
   * The stage of those policies of a tier that govern `direction` on some endpoint; at least one.
   * What no rule matches is put down to the last policy (evaluation.md §12.3).
   */
  ofTier(
    tier: TierPlace,
    policies: readonly Policy[],
    direction: Direction,
    otherwise: "Deny" | "Pass",
  ): Stage<RequestRule> {
    const key = `${direction} ${otherwise} ${this.#numbers.keyOf(policies)}`;
    return once(this.#tiers, key, () =>
      tierStage(tier, policies, direction, otherwise, (policy) => this.#rulesOf(policy, direction)),
    );
  }

  /** The stage of a profile; one that does not exist denies packets (evaluation.md §8, §13). */
  ofProfile(name: string, profile: Profile | undefined, direction: Direction): Stage<RequestRule> {
    return once(this.#profiles, `${direction} ${name}`, () => {
      const rules = profile
        ? compileProfileRules(profile, direction, this.#peers, this.#traffic)
        : [];
      const denies = !profile && this.#traffic === "packets";
      return profileStage(name, rules, direction, denies);
    });
  }

  #rulesOf(policy: Policy, direction: Direction): readonly RequestRule[] {
    return once(this.#rules[direction], policy, () =>
      compilePolicyRules(policy, direction, this.#peers, this.#traffic),
    );
  }
}

/** What no rule matches is put down to the last policy (evaluation.md §12.3); there is at least one. */
export function tierStage<P extends PolicyId, R extends CompiledRule>(
  tier: TierPlace,
  policies: readonly P[],
  direction: Direction,
  otherwise: "Deny" | "Pass",
  rulesOf: (policy: P) => readonly R[],
): Stage<R> {
  const last = policies.at(-1);
  if (!last) throw new Error(`tier ${tier.name} has no policy for ${direction} here`);
  return {
    name: `tier ${tier.name} ${direction}: ${policies.map(formatPolicyPath).join(", ")}`,
    rules: kept(policies.flatMap(rulesOf)),
    otherwise,
    otherwiseDecision: { by: "end-of-tier", tier: tier.name, policy: policyId(last) },
  };
}

/** What no rule matches passes on, unless `denies`: the profile does not exist. */
export function profileStage<R extends CompiledRule>(
  name: string,
  rules: readonly R[],
  direction: Direction,
  denies: boolean,
): Stage<R> {
  return {
    name: `profile ${name} ${direction}`,
    rules,
    otherwise: denies ? "Deny" : "Pass",
    otherwiseDecision: { by: "no-profile" },
  };
}

/** What of a policy says what its rules are. */
export type RuledPolicy = PolicyId & Pick<Policy, "tier" | "ingress" | "egress" | "unenforceable">;

/** The rules of one direction that `traffic` may match. */
export function compilePolicyRules(
  policy: RuledPolicy,
  direction: Direction,
  peers: PeerSource,
  traffic: Traffic,
): readonly RequestRule[] {
  const { tier } = policy;
  const id = policyId(policy);
  return compileRules(enforcedRules(policy, direction), peers, traffic, ({ index, path }) => {
    return { by: "rule", tier, policy: id, rule: index, path };
  });
}

/** As {@link compilePolicyRules}, of a profile. */
export function compileProfileRules(
  profile: Profile,
  direction: Direction,
  peers: PeerSource,
  traffic: Traffic,
): readonly RequestRule[] {
  return compileRules(profile[direction], peers, traffic, ({ index, path }) => {
    return { by: "profile", profile: profile.name, rule: index, path };
  });
}

function compileRules(
  rules: readonly Rule[],
  peers: PeerSource,
  traffic: Traffic,
  decide: (rule: Rule) => Decision,
): readonly RequestRule[] {
  const compiled = rules
    .filter(({ http }) => traffic === "requests" || !http)
    .map((rule) => compileRule(rule, decide(rule), peers))
    .filter((rule) => rule !== undefined);
  return kept(compiled);
}

/** A policy that cannot be enforced as written denies all that it governs. */
function enforcedRules(policy: RuledPolicy, direction: Direction): readonly Rule[] {
  if (policy.unenforceable === undefined) return policy[direction];
  return [{ action: "Deny", path: `spec.${direction}`, index: 0, source: {}, destination: {} }];
}

/** What tells it from other policies, without the rest of it. */
export function policyId({ kind, namespace, name }: PolicyId): PolicyId {
  return { kind, namespace, name };
}
