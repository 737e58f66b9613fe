/** Which of the policies that select an endpoint stand in which of its lists (evaluation.md §2). */
import type { Endpoint } from "../model/endpoint.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { once } from "./once.ts";
import type { SortablePolicy, SortedTier } from "./policy-sorter.ts";

/** A tier as one list of an endpoint has it: what governs each direction, in order; not both empty. */
export interface ListedTier<P> {
  readonly tier: SortedTier<P>;
  readonly ingress: readonly P[];
  readonly egress: readonly P[];
}

/** A policy beside the tier it stands in. */
export interface PlacedPolicy<P> {
  readonly tier: SortedTier<P>;
  readonly policy: P;
}

/** Every policy of `tiers` in evaluation order. */
export function placePolicies<P>(tiers: Iterable<SortedTier<P>>): PlacedPolicy<P>[] {
  return Array.from(tiers).flatMap((tier) => tier.policies.map((policy) => ({ tier, policy })));
}

/** One list of an endpoint that `selecting` select; these come in evaluation order. */
export function policyList<P extends SortablePolicy>(
  list: PolicyList,
  kind: Endpoint["kind"],
  selecting: readonly PlacedPolicy<P>[],
): ListedTier<P>[] {
  const tiers = new Map<SortedTier<P>, Record<Direction, P[]>>();
  for (const { tier, policy } of selecting) {
    if (!isIn(list, kind, policy)) continue;
    const listed = once(tiers, tier, () => ({ ingress: [], egress: [] }));
    if (governs(policy, "ingress")) listed.ingress.push(policy);
    if (governs(policy, "egress") && list !== "preDNAT") listed.egress.push(policy);
  }
  return Array.from(tiers, ([tier, { ingress, egress }]) => ({ tier, ingress, egress })).filter(
    ({ ingress, egress }) => ingress.length + egress.length > 0,
  );
}

function isIn(list: PolicyList, kind: Endpoint["kind"], policy: SortablePolicy): boolean {
  if (policy.doNotTrack || policy.preDNAT) {
    return kind === "HostEndpoint" && list === (policy.doNotTrack ? "untracked" : "preDNAT");
  }
  return (
    list === "normal" || (list === "forward" && kind === "HostEndpoint" && policy.applyOnForward)
  );
}

/** A policy that names no direction governs both. */
function governs(policy: SortablePolicy, direction: Direction): boolean {
  return policy.types.size === 0 || policy.types.has(direction);
}
