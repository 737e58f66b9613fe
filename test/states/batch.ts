/** The oracle: what a whole model comes to, compiled from nothing. */
import { formatPolicyPath } from "../../src/core/calc/order.ts";
import type { Endpoint } from "../../src/core/model/endpoint.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Direction, Policy, Rule } from "../../src/core/model/policy.ts";
import type { Decision } from "../../src/core/model/verdict.ts";
import type { ActivePolicy, ActiveProfile } from "../../src/core/policy/changes.ts";
import { PolicyCompiler } from "../../src/core/policy/compile.ts";
import type { CompiledRule } from "../../src/core/policy/policy.ts";
import { matches } from "../../src/core/selector/selector.ts";
import type { CompiledEndpoint, Outcome } from "./outcome.ts";
import type { KeyedModel } from "./state.ts";

/** Whose policy is wanted. */
export type IsLocal = (endpoint: Pick<Endpoint, "kind" | "node">) => boolean;

/** What the local endpoints of a model enforce. */
export function batchOutcome(keyed: KeyedModel, isLocal: IsLocal): Outcome {
  const compiler = new PolicyCompiler(keyed.model);
  const endpoints = new Map<string, CompiledEndpoint>();
  for (const [key, endpoint] of keyed.workloads) {
    if (isLocal(endpoint)) endpoints.set(key, compiler.workload(endpoint));
  }
  for (const [key, endpoint] of keyed.hostEndpoints) {
    if (isLocal(endpoint)) endpoints.set(key, compiler.hostEndpoint(endpoint));
  }
  const all = [...endpoints.values()].map(({ endpoint }) => endpoint);
  const policies = keyed.model.policies
    .filter(
      ({ staged, selector }) => !staged && all.some(({ labels }) => matches(selector, labels)),
    )
    .map((policy) => activePolicy(policy, compiler));
  const profiles = new Set(all.flatMap((endpoint) => endpoint.profiles));
  return {
    endpoints,
    policies: new Map(policies.map((policy) => [formatPolicyPath(policy.id), policy])),
    profiles: new Map(
      Array.from(profiles, (name) => [name, activeProfile(name, keyed.model, compiler)]),
    ),
  };
}

/** A policy that cannot be enforced as written denies what it governs; what it does not is left out. */
function activePolicy(policy: Policy, compiler: PolicyCompiler): ActivePolicy {
  const { kind, namespace, name, tier, types, unenforceable } = policy;
  const id = { kind, namespace, name };
  const rulesOf = (direction: Direction): readonly CompiledRule[] => {
    if (types.size > 0 && !types.has(direction)) return [];
    const denial = { action: "Deny", index: 0, source: {}, destination: {} } as const;
    const written =
      unenforceable === undefined ? policy[direction] : [{ ...denial, path: `spec.${direction}` }];
    return compiled(written, compiler, ({ index, path }) => {
      return { by: "rule", tier, policy: id, rule: index, path };
    });
  };
  return { id, ingress: rulesOf("ingress"), egress: rulesOf("egress") };
}

function activeProfile(name: string, { profiles }: Model, compiler: PolicyCompiler): ActiveProfile {
  const profile = profiles.get(name);
  const rulesOf = (direction: Direction): readonly CompiledRule[] =>
    compiled(profile?.[direction] ?? [], compiler, ({ index, path }) => {
      return { by: "profile", profile: name, rule: index, path };
    });
  return { name, exists: !!profile, ingress: rulesOf("ingress"), egress: rulesOf("egress") };
}

/** The rules that packets can meet. */
function compiled(
  rules: readonly Rule[],
  compiler: PolicyCompiler,
  decide: (rule: Rule) => Decision,
): CompiledRule[] {
  return rules.flatMap((rule) => {
    const compiled = rule.http ? undefined : compiler.rule(rule);
    return compiled ? [{ ...compiled, decision: decide(rule) }] : [];
  });
}
