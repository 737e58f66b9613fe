/** The order in which tiers, and the policies of a tier, are evaluated (evaluation.md §3). */
import { compareBytes, comparePlain, isPlain } from "../text/byte-order.ts";

/** A tier's place. One that does not exist is only a name that policies give. */
export interface TierRank {
  readonly name: string;
  readonly exists: boolean;
  /** Lower first; absent is last. Of no account for a tier that does not exist. */
  readonly order?: number | undefined;
}

/** What tells a policy from every other; kinds are open, as staged ones take a place too. */
export interface PolicyKey {
  readonly kind: string;
  /** "" for a global policy. */
  readonly namespace: string;
  readonly name: string;
}

/** A policy's place in its tier. */
export interface PolicyRank extends PolicyKey {
  /** Lower first; `Infinity` when the manifest gives none. */
  readonly order: number;
}

/** Existing tiers first, then by order, then by the bytes of the name. */
export function compareTiers(a: TierRank, b: TierRank): number {
  if (a.exists !== b.exists) return a.exists ? -1 : 1;
  return compareNumbers(orderOf(a), orderOf(b)) || compareBytes(a.name, b.name);
}

/** By order, then by the bytes of `policyKeyText`: so `a-b` comes before `a`. */
export function comparePolicies(a: PolicyRank, b: PolicyRank): number {
  return compareNumbers(a.order, b.order) || compareBytes(policyKeyText(a), policyKeyText(b));
}

/** The policies by `comparePolicies`, without asking each for its text more than once. */
export function sortPolicies<P extends PolicyRank>(policies: readonly P[]): P[] {
  if (policies.length < 2) return [...policies];
  const keyed = policies.map((policy) => {
    const key = policyKeyText(policy);
    return { policy, key, isPlain: isPlain(key) };
  });
  keyed.sort(
    (a, b) =>
      compareNumbers(a.policy.order, b.policy.order) ||
      (a.isPlain && b.isPlain ? comparePlain(a.key, b.key) : compareBytes(a.key, b.key)),
  );
  return keyed.map(({ policy }) => policy);
}

/** `name/namespace/kind`: one text for one policy, which also breaks ties of order. */
export function policyKeyText(policy: PolicyKey): string {
  return `${policy.name}/${policy.namespace}/${policy.kind}`;
}

/** For people: `kind/namespace/name`, or `kind/name` of a global policy. */
export function formatPolicyPath({ kind, namespace, name }: PolicyKey): string {
  return namespace === "" ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

function orderOf(tier: TierRank): number {
  return tier.exists ? (tier.order ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

/** Not a subtraction: two infinities are equal. */
function compareNumbers(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
