/** Which of the policies that select an endpoint stand in which of its lists (evaluation.md §2). */
import type { Endpoint } from "../model/endpoint.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { once } from "./once.ts";
import type { SortablePolicy, SortedTier } from "./policy-sorter.ts";

/** What of a tier its stages need. */
export type TierPlace = Pick<SortedTier<never>, "name" | "defaultAction">;

/** A tier as one list of an endpoint has it: what governs each direction, in order; not both empty. */
export interface ListedTier<P> {
  readonly tier: TierPlace;
  readonly ingress: readonly P[];
  readonly egress: readonly P[];
}

/** A policy beside the tier it stands in. */
export interface PlacedPolicy<P> {
  readonly tier: TierPlace;
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
  const tiers = new Map<TierPlace, Record<Direction, P[]>>();
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

/** As {@link policyList}; on a wildcard endpoint doNotTrack has no effect (evaluation.md §9.2). */
export function endpointList<P extends SortablePolicy>(
  list: PolicyList,
  { kind, interfaceName }: Pick<Endpoint, "kind" | "interfaceName">,
  selecting: readonly PlacedPolicy<P>[],
): ListedTier<P>[] {
  if (list === "untracked" && interfaceName === "*") return [];
  return policyList(list, kind, selecting);
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
export function governs({ types }: Pick<SortablePolicy, "types">, direction: Direction): boolean {
  return types.size === 0 || types.has(direction);
}
