/** Keeps tiers and policies in evaluation order while they come, change and go. */
import type { Direction } from "../model/policy.ts";
import {
  compareTiers,
  type PolicyKey,
  type PolicyRank,
  policyKeyText,
  sortPolicies,
} from "./order.ts";

/** What of a policy decides its place and the lists it is in. */
export interface SortablePolicy extends PolicyRank {
  readonly tier: string;
  readonly types: ReadonlySet<Direction>;
  readonly doNotTrack: boolean;
  readonly preDNAT: boolean;
  readonly applyOnForward: boolean;
}

export interface SortableTier {
  /** Absent is last. */
  readonly order?: number | undefined;
  readonly defaultAction: "Deny" | "Pass";
}

/** A tier and its policies in order. */
export interface SortedTier<P> {
  readonly name: string;
  /** Whether the tier is there, not only named by a policy. */
  readonly exists: boolean;
  /** Deny for a tier that does not exist. */
  readonly defaultAction: "Deny" | "Pass";
  readonly policies: readonly P[];
}

/**
 * A set of tiers and policies, sorted on demand. The order depends only on what is in the set, never
 * on how it came there. A tier is listed while it exists or a policy names it.
 */
export class PolicySorter<P extends SortablePolicy> {
  readonly #tiers = new Map<string, SortableTier>();
  readonly #policies = new Map<string, P>();
  #sorted: readonly SortedTier<P>[] | undefined;

  /**
   * Sets or, with undefined, removes a tier. Reports whether evaluation may have changed; a tier
   * with an order counts as changed at every update.
   */
  setTier(name: string, tier: SortableTier | undefined): boolean {
    const before = this.#tiers.get(name);
    if (!put(this.#tiers, name, tier)) return false;
    this.#sorted = undefined;
    if (!before || !tier) return true;
    const ordered = before.order !== undefined || tier.order !== undefined;
    return ordered || before.defaultAction !== tier.defaultAction;
  }

  /** Sets or, with undefined, removes a policy. Reports whether its place or its lists changed. */
  setPolicy(key: PolicyKey, policy: P | undefined): boolean {
    const text = policyKeyText(key);
    const before = this.#policies.get(text);
    if (!put(this.#policies, text, policy)) return false;
    this.#sorted = undefined;
    return !before || !policy || !samePlace(before, policy);
  }

  /** The tiers in order, each with its policies in order. */
  sorted(): readonly SortedTier<P>[] {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  #sort(): SortedTier<P>[] {
    const policies = new Map<string, P[]>(Array.from(this.#tiers.keys(), (name) => [name, []]));
    for (const policy of this.#policies.values()) {
      const members = policies.get(policy.tier);
      if (members) members.push(policy);
      else policies.set(policy.tier, [policy]);
    }
    const ranks = Array.from(policies.keys(), (name) => {
      const tier = this.#tiers.get(name);
      return { name, exists: tier !== undefined, order: tier?.order };
    });
    return ranks.sort(compareTiers).map(({ name, exists }) => ({
      name,
      exists,
      defaultAction: this.#tiers.get(name)?.defaultAction ?? "Deny",
      policies: sortPolicies(policies.get(name) ?? []),
    }));
  }
}

/** Sets or removes an entry; false when what is to be removed is not there. */
function put<V>(map: Map<string, V>, key: string, value: V | undefined): boolean {
  if (value === undefined) return map.delete(key);
  map.set(key, value);
  return true;
}

function samePlace(a: SortablePolicy, b: SortablePolicy): boolean {
  return (
    a.tier === b.tier &&
    a.order === b.order &&
    a.doNotTrack === b.doNotTrack &&
    a.preDNAT === b.preDNAT &&
    a.applyOnForward === b.applyOnForward &&
    a.types.has("ingress") === b.types.has("ingress") &&
    a.types.has("egress") === b.types.has("egress")
  );
}
