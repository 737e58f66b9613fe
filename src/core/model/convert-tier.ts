/** Tiers of the model: those that are written, and those that are always there. */
import { DEFAULT_TIER_ORDER, type TierResource } from "../resources/tier.ts";
import type { Tier } from "./policy.ts";

/** The tiers that exist whether or not they are listed (resources.md §3). */
export const BUILT_IN_TIERS: readonly Tier[] = [
  { name: "kube-admin", order: 1000, defaultAction: "Pass" },
  { name: "default", order: DEFAULT_TIER_ORDER, defaultAction: "Deny" },
  { name: "kube-baseline", order: 10_000_000, defaultAction: "Pass" },
];

export function convertTier({ metadata, spec }: TierResource): Tier {
  return {
    name: metadata.name,
    order: spec.order ?? DEFAULT_TIER_ORDER,
    defaultAction: spec.defaultAction === "Pass" ? "Pass" : "Deny",
  };
}
