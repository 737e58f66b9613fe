/** Tiers, and the order of the policies in them, as they are now. */

import { compareTiers, type PolicyRank, sortPolicies, type TierRank } from "../calc/order.ts";
import type { PlacedPolicy, TierPlace } from "../calc/policy-lists.ts";
import type { Tier } from "../model/policy.ts";

type RankedTier = TierPlace & TierRank;

/** Those that exist. Policies may name others. */
export class LiveTiers {
  readonly #tiers = new Map<string, Tier>();
  readonly #changed = new Set<string>();

  /** A tier as it is now; undefined when it is gone. */
  setTier(name: string, tier: Tier | undefined): void {
    const before = this.#tiers.get(name);
    if (tier?.order === before?.order && tier?.defaultAction === before?.defaultAction) return;
    if (tier) this.#tiers.set(name, tier);
    else this.#tiers.delete(name);
    this.#changed.add(name);
  }

  /** The names of tiers that changed since they were last taken. */
  takeChanged(): readonly string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Policies in the order in which they are read, each with its tier: one object a tier. */
  place<P extends PolicyRank & { readonly tier: string }>(
    policies: readonly P[],
  ): PlacedPolicy<P>[] {
    const byTier = Map.groupBy(policies, ({ tier }) => tier);
    const tiers = Array.from(byTier.keys(), (name) => this.#rank(name)).sort(compareTiers);
    return tiers.flatMap((tier) =>
      sortPolicies(byTier.get(tier.name) ?? []).map((policy) => ({ tier, policy })),
    );
  }

  get holdings(): Readonly<Record<string, number>> {
    return { tiers: this.#tiers.size };
  }

  /** A tier that does not exist comes last and denies (evaluation.md §3). */
  #rank(name: string): RankedTier {
    const tier = this.#tiers.get(name);
    return {
      name,
      exists: tier !== undefined,
      order: tier?.order,
      defaultAction: tier?.defaultAction ?? "Deny",
    };
  }
}
