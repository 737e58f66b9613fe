/** Which policies an endpoint has, and in what order (evaluation.md §2 and §3). */
import type { Endpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction, Policy, Tier } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { matches } from "../selector/selector.ts";

/** A tier with the policies that govern a direction of an endpoint, in order; never none. */
export interface ActiveTier {
  readonly name: string;
  readonly defaultAction: Tier["defaultAction"];
  readonly policies: readonly Policy[];
}

/**
 * §2: the tiers active in one direction of one list of the endpoint, in the order of §3. A tier of
 * staged policies only is not active (§11), but where these are read as enforced.
 */
export function activeTiers(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  list: PolicyList,
  scope: Scope,
): ActiveTier[] {
  const governing = governingPolicies(model, endpoint, direction, list).filter(
    (policy) => scope === "pending" || !policy.staged,
  );
  const names = new Set(governing.map((policy) => policy.tier));
  return Array.from(names, (name) => orderedTier(model, name))
    .sort(compareTiers)
    .map(({ name, defaultAction }) => ({
      name,
      defaultAction,
      policies: governing.filter((policy) => policy.tier === name).sort(comparePolicies),
    }));
}

/** §11: staged policies are left out of what is enforced, and judged as if enforced for what is pending. */
export type Scope = "enforced" | "pending";

/** §2, 2-4: the policies of a list, staged ones among them, in no order. */
export function governingPolicies(
  model: Model,
  endpoint: Endpoint,
  direction: Direction,
  list: PolicyList,
): readonly Policy[] {
  return model.policies.filter(
    (policy) =>
      matches(policy.selector, endpoint.labels) &&
      policy.types.has(direction) &&
      listsOf(policy, endpoint, direction).includes(list),
  );
}

/** §2, 4 and 5. Pre-DNAT policy governs what comes in only. */
function listsOf(policy: Policy, endpoint: Endpoint, direction: Direction): readonly PolicyList[] {
  if (endpoint.kind === "WorkloadEndpoint") {
    return policy.doNotTrack || policy.preDNAT ? [] : ["normal"];
  }
  if (policy.doNotTrack) return ["untracked"];
  if (policy.preDNAT) return direction === "ingress" ? ["preDNAT"] : [];
  return policy.applyOnForward ? ["normal", "forward"] : ["normal"];
}

interface OrderedTier extends Tier {
  readonly exists: boolean;
}

/** §3: "policies naming a tier that does not exist are not ignored"; such a tier ends in Deny. */
function orderedTier(model: Model, name: string): OrderedTier {
  const found = model.tiers.find((tier) => tier.name === name);
  if (found) return { ...found, exists: true };
  return { name, order: Number.POSITIVE_INFINITY, defaultAction: "Deny", exists: false };
}

/** §3: existing tiers first, then by order, then by name. */
function compareTiers(a: OrderedTier, b: OrderedTier): number {
  if (a.exists !== b.exists) return a.exists ? -1 : 1;
  return compareOrders(a.order, b.order) || compareTexts(a.name, b.name);
}

/** §3: by order, then by `name/namespace/kind`. */
function comparePolicies(a: Policy, b: Policy): number {
  const text = ({ name, namespace, kind }: Policy) => `${name}/${namespace}/${kind}`;
  return compareOrders(a.order, b.order) || compareTexts(text(a), text(b));
}

/** Infinity equals itself, which subtraction does not know. */
function compareOrders(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Names are ASCII, so the order of code units is that of bytes. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
