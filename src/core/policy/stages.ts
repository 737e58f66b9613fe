/** The stages of compiled policy: tiers and profiles with their rules, each made once. */
import { once } from "../calc/once.ts";
import { formatPolicyPath } from "../calc/order.ts";
import type { SortedTier } from "../calc/policy-sorter.ts";
import type { Direction, Policy, PolicyId, Profile, Rule } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import { compileRule } from "./compile-rule.ts";
import { Numbering } from "./numbering.ts";
import type { Peers } from "./peers.ts";
import type { RequestRule, Stage } from "./policy.ts";

/** What meets the rules. Those with HTTP criteria are for requests only: a packet is none. */
export type Traffic = "packets" | "requests";

/** Makes stages. The same policies in the same order give the same object, whoever asks. */
export class Stages {
  readonly #peers: Peers;
  readonly #traffic: Traffic;
  readonly #rules: Record<Direction, Map<Policy, readonly RequestRule[]>> = {
    ingress: new Map(),
    egress: new Map(),
  };
  readonly #numbers = new Numbering<Policy>();
  readonly #tiers = new Map<string, Stage<RequestRule>>();
  readonly #profiles = new Map<string, Stage<RequestRule>>();

  constructor(peers: Peers, traffic: Traffic) {
    this.#peers = peers;
    this.#traffic = traffic;
  }

  /**
   * The stage of those policies of a tier that govern `direction` on some endpoint; at least one.
   * What no rule matches is put down to the last policy (evaluation.md §12.3).
   */
  ofTier(
    tier: SortedTier<Policy>,
    policies: readonly Policy[],
    direction: Direction,
    otherwise: "Deny" | "Pass",
  ): Stage<RequestRule> {
    const last = policies.at(-1);
    if (!last) throw new Error(`tier ${tier.name} has no policy for ${direction} here`);
    const key = `${direction} ${otherwise} ${this.#numbers.keyOf(policies)}`;
    return once(this.#tiers, key, () => ({
      name: `tier ${tier.name} ${direction}: ${policies.map(formatPolicyPath).join(", ")}`,
      rules: policies.flatMap((policy) => this.#rulesOf(policy, direction)),
      otherwise,
      otherwiseDecision: { by: "end-of-tier", tier: tier.name, policy: policyId(last) },
    }));
  }

  /** The stage of a profile; one that does not exist denies packets (evaluation.md §8, §13). */
  ofProfile(name: string, profile: Profile | undefined, direction: Direction): Stage<RequestRule> {
    const decide = (rule: Rule): Decision => {
      return { by: "profile", profile: name, rule: rule.index, path: rule.path };
    };
    return once(this.#profiles, `${direction} ${name}`, () => ({
      name: `profile ${name} ${direction}`,
      rules: profile ? this.#compile(profile[direction], decide) : [],
      otherwise: profile || this.#traffic === "requests" ? "Pass" : "Deny",
      otherwiseDecision: { by: "no-profile" },
    }));
  }

  #rulesOf(policy: Policy, direction: Direction): readonly RequestRule[] {
    const decide = (rule: Rule): Decision => {
      const id = policyId(policy);
      return { by: "rule", tier: policy.tier, policy: id, rule: rule.index, path: rule.path };
    };
    return once(this.#rules[direction], policy, () =>
      this.#compile(enforcedRules(policy, direction), decide),
    );
  }

  #compile(rules: readonly Rule[], decide: (rule: Rule) => Decision): RequestRule[] {
    return rules
      .filter(({ http }) => this.#traffic === "requests" || !http)
      .map((rule) => compileRule(rule, decide(rule), this.#peers))
      .filter((compiled) => compiled !== undefined);
  }
}

/** A policy that cannot be enforced as written denies all that it governs. */
function enforcedRules(policy: Policy, direction: Direction): readonly Rule[] {
  if (policy.unenforceable === undefined) return policy[direction];
  return [{ action: "Deny", path: `spec.${direction}`, index: 0, source: {}, destination: {} }];
}

function policyId({ kind, namespace, name }: Policy): PolicyId {
  return { kind, namespace, name };
}
