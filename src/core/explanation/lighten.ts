/**
 * Policies without the rules that cannot match a packet whatever labels anyone has: the wrong
 * protocol, port or net. Where a thousand policies govern an endpoint, most rules are such.
 */
import type { Policy, Rule } from "../model/policy.ts";
import type { Explanation } from "./explain.ts";
import type { TracedRule } from "./rule-reader.ts";

/** A policy that means the same for the explained packet, before and after labels are changed. */
export type Lighten = (policy: Policy) => Policy;

/**
 * Rules are dropped that the explanation has read and found out. None is where packets differ from
 * list to list: replies that connection tracking does not see, destinations before translation.
 */
export function lightening({ model, steps }: Explanation): Lighten {
  if (model.policies.some(({ doNotTrack, preDNAT }) => doNotTrack || preDNAT)) return same;
  const dropped = new Set<Rule>();
  for (const { trace } of steps) {
    for (const { policies } of trace?.tiers ?? []) {
      for (const { rules } of policies) {
        for (const traced of rules) if (isOut(traced)) dropped.add(traced.rule);
      }
    }
  }
  if (dropped.size === 0) return same;
  const lightened = new Map<Policy, Policy>();
  const kept = (rules: readonly Rule[]) => rules.filter((rule) => !dropped.has(rule));
  return (policy) => {
    const known = lightened.get(policy);
    if (known) return known;
    const { ingress, egress } = policy;
    const light = { ...policy, ingress: kept(ingress), egress: kept(egress) };
    lightened.set(policy, light);
    return light;
  };
}

function same(policy: Policy): Policy {
  return policy;
}

/** Whether something is missed that no label has a part in; a port's name leads to who is selected. */
function isOut({ rule, matched, misses }: TracedRule): boolean {
  if (matched) return false;
  return misses.some((miss) => {
    if (miss.on === "selector" || miss.on === "principal") return false;
    if (miss.on !== "ports" && miss.on !== "notPorts") return true;
    return (rule[miss.side][miss.on]?.names.length ?? 0) === 0;
  });
}
