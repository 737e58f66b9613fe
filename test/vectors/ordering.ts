/** `ordering.json`: the order of tiers and policies, and the lists that endpoints get of them. */
import { isDeepStrictEqual } from "node:util";
import { compareTiers, formatPolicyPath, type PolicyKey } from "../../src/core/calc/order.ts";
import { type ListedTier, placePolicies, policyList } from "../../src/core/calc/policy-lists.ts";
import { PolicySorter, type SortableTier } from "../../src/core/calc/policy-sorter.ts";
import type { Direction } from "../../src/core/model/policy.ts";
import { parseSelector } from "../../src/core/selector/parse.ts";
import { type Labels, matches } from "../../src/core/selector/selector.ts";
import { type Family, judge, type VectorCase } from "./family.ts";

export const ordering: Family = {
  name: "ordering",
  file: "ordering.json",
  run: ({ cases }) => judge<OrderingCase>(cases, check),
};

type OrderingCase = VectorCase &
  (
    | {
        readonly kind: "tier-sort";
        readonly tiers: readonly TierEntry[];
        readonly sorted: string[];
      }
    | { readonly kind: "sorter-ops"; readonly ops: readonly Op[]; readonly sorted: unknown[] }
    | PolicySort
    | EndpointOrder
    | {
        readonly kind: "policy-string";
        readonly key: Key;
        readonly policy: { readonly order?: number } | null;
        readonly string: string;
      }
  );

interface TierEntry {
  readonly name: string;
  readonly order?: number;
  readonly defaultAction?: string;
  readonly valid?: boolean;
}

interface Key {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

type Op =
  | {
      readonly op: "updatePolicy";
      readonly key: Key;
      readonly meta: Meta | null;
      readonly dirty: boolean;
    }
  | {
      readonly op: "update";
      readonly type: string;
      readonly key: Key;
      readonly value: (Tier & StoredPolicy) | null;
      readonly dirty: boolean;
    };

interface Meta {
  readonly tier: string;
  readonly order?: number;
  readonly flags: readonly string[];
}

interface Tier {
  readonly order?: number | null;
  readonly defaultAction?: string;
}

interface StoredPolicy {
  readonly tier: string;
  readonly order?: number;
  readonly selector?: string;
  readonly types?: readonly string[] | null;
  readonly untracked?: boolean;
  readonly pre_dnat?: boolean;
  readonly apply_on_forward?: boolean;
  readonly performance_hints?: readonly string[];
}

interface PolicySort {
  readonly kind: "policy-sort";
  readonly tiers: readonly TierEntry[];
  readonly policies: readonly (Key & { readonly tier: string; readonly order?: number })[];
  readonly sorted: readonly unknown[];
}

interface EndpointOrder {
  readonly kind: "endpoint-order";
  readonly localHost: string;
  readonly datastore: readonly StoreRecord[];
  readonly tracked: Readonly<Record<string, unknown>>;
  readonly untracked: Readonly<Record<string, unknown>>;
  readonly preDNAT: Readonly<Record<string, unknown>>;
  readonly activePolicies: readonly Key[];
  readonly activeProfiles: readonly string[];
}

interface StoreRecord {
  readonly type: string;
  readonly key: Readonly<Record<string, string>>;
  readonly value: unknown;
}

interface StoredEndpoint {
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly profile_ids?: readonly string[] | null;
}

/** A policy of the vectors, in the sorter's terms. */
interface VectorPolicy extends PolicyKey {
  readonly order: number;
  readonly tier: string;
  readonly types: ReadonlySet<Direction>;
  readonly doNotTrack: boolean;
  readonly preDNAT: boolean;
  readonly applyOnForward: boolean;
  readonly selector: string;
  readonly everywhere: boolean;
}

function check(one: OrderingCase): string | undefined {
  switch (one.kind) {
    case "tier-sort":
      return difference(tierSort(one.tiers), one.sorted);
    case "sorter-ops":
      return sorterOps(one.ops, one.sorted);
    case "policy-sort":
      return difference(policySort(one), one.sorted);
    case "endpoint-order":
      return difference(endpointOrder(one), wantedOrder(one));
    case "policy-string":
      return difference(policyString(one.key, one.policy), one.string);
    default:
      return `unknown kind ${JSON.stringify((one as VectorCase).kind)}`;
  }
}

function tierSort(tiers: readonly TierEntry[]): string[] {
  const ranks = tiers.map(({ name, order, valid }) => ({ name, order, exists: valid !== false }));
  return ranks.sort(compareTiers).map((tier) => tier.name);
}

function sorterOps(ops: readonly Op[], wanted: readonly unknown[]): string | undefined {
  const sorter = new PolicySorter<VectorPolicy>();
  for (const [i, op] of ops.entries()) {
    const dirty = applyOp(sorter, op);
    if (dirty !== op.dirty) return `op ${i}: dirty is ${dirty}, wanted ${op.dirty}`;
  }
  const listed = sorter.sorted().map(({ name, exists, policies }) => ({
    name,
    valid: exists,
    ...(policies.length > 0 && { policies: policies.map(writeKey) }),
  }));
  return difference(listed, wanted.map(withoutEmptyPolicies));
}

function applyOp(sorter: PolicySorter<VectorPolicy>, op: Op): boolean {
  if (op.op === "updatePolicy")
    return sorter.setPolicy(keyOf(op.key), op.meta ? fromMeta(op.key, op.meta) : undefined);
  if (op.type === "tier")
    return sorter.setTier(op.key.name, op.value ? tierOf(op.value) : undefined);
  if (op.type !== "policy") return false;
  return sorter.setPolicy(keyOf(op.key), op.value ? fromStore(op.key, op.value) : undefined);
}

function policySort({ tiers, policies }: PolicySort): unknown[] {
  const sorter = new PolicySorter<VectorPolicy>();
  for (const tier of tiers) if (tier.valid !== false) sorter.setTier(tier.name, tierOf(tier));
  for (const policy of policies) sorter.setPolicy(keyOf(policy), fromStore(policy, policy));
  return sorter.sorted().map(({ name, exists, policies }) => ({
    tier: name,
    valid: exists,
    policies: policies.map(writeKey),
  }));
}

function endpointOrder({ datastore, localHost }: EndpointOrder): object {
  const sorter = new PolicySorter<VectorPolicy>();
  const profileLabels = new Map<string, Labels>();
  for (const { type, key, value } of datastore) {
    if (type === "Tier") sorter.setTier(key.name ?? "", tierOf(value as Tier));
    if (type === "Policy") {
      const id = key as unknown as Key;
      sorter.setPolicy(keyOf(id), fromStore(id, value as StoredPolicy));
    }
    const profile = value as { spec?: { labelsToApply?: Readonly<Record<string, string>> } };
    if (type === "Resource" && key.kind === "Profile") {
      profileLabels.set(key.name ?? "", new Map(Object.entries(profile.spec?.labelsToApply ?? {})));
    }
  }
  const placed = placePolicies(sorter.sorted());
  const active = new Set(placed.map(({ policy }) => policy).filter((policy) => policy.everywhere));
  const profiles = new Set<string>();
  const orders: Record<"tracked" | "untracked" | "preDNAT", Record<string, unknown>> = {
    tracked: {},
    untracked: {},
    preDNAT: {},
  };
  for (const { type, key, value } of datastore) {
    if (type !== "WorkloadEndpoint" && type !== "HostEndpoint") continue;
    if (key.hostname !== localHost) continue;
    const { labels, profile_ids } = value as StoredEndpoint;
    const effective = inherit(labels ?? {}, profile_ids ?? [], profileLabels);
    const selecting = placed.filter(({ policy }) =>
      matches(parseSelector(policy.selector), effective),
    );
    const name = endpointId(type, key);
    orders.tracked[name] = policyList("normal", type, selecting).map(writeTier);
    orders.untracked[name] = policyList("untracked", type, selecting).map(writeTier);
    orders.preDNAT[name] = policyList("preDNAT", type, selecting).map(writeTier);
    for (const { policy } of selecting) active.add(policy);
    for (const profile of profile_ids ?? []) profiles.add(profile);
  }
  return {
    ...orders,
    activePolicies: Array.from(active, writeKey).map(textOf).sort(),
    activeProfiles: [...profiles].sort(),
  };
}

function wantedOrder(one: EndpointOrder): object {
  return {
    tracked: one.tracked,
    untracked: one.untracked,
    preDNAT: one.preDNAT,
    activePolicies: one.activePolicies.map((key) => textOf(writeKey(keyOf(key)))).sort(),
    activeProfiles: [...one.activeProfiles].sort(),
  };
}

/** Own labels first, then those of the profiles, the first profile that has one winning. */
function inherit(
  own: Readonly<Record<string, string>>,
  profiles: readonly string[],
  profileLabels: ReadonlyMap<string, Labels>,
): Labels {
  const effective = new Map(Object.entries(own));
  for (const profile of profiles) {
    for (const [label, value] of profileLabels.get(profile) ?? []) {
      if (!effective.has(label)) effective.set(label, value);
    }
  }
  return effective;
}

function endpointId(type: string, key: Readonly<Record<string, string>>): string {
  const id = key.endpointID ?? "";
  return type === "HostEndpoint" ? id : `${key.orchestratorID}/${key.workloadID}/${id}`;
}

function keyOf({ kind, namespace, name }: Key): PolicyKey {
  return { kind, namespace: namespace ?? "", name };
}

function writeKey({ kind, namespace, name }: PolicyKey): Key {
  return namespace === "" ? { kind, name } : { kind, name, namespace };
}

function writeTier({ tier, ingress, egress }: ListedTier<VectorPolicy>): object {
  return { tier: tier.name, ingress: ingress.map(writeKey), egress: egress.map(writeKey) };
}

function textOf({ kind, namespace, name }: Key): string {
  return [kind, namespace ?? "", name].join("/");
}

/** The recorded text: the policy's path, and its order. */
function policyString(key: Key, policy: { readonly order?: number } | null): string {
  const order = policy ? (policy.order ?? "default") : "nil policy";
  return `${formatPolicyPath(keyOf(key))}(${order})`;
}

function tierOf(tier: Tier): SortableTier {
  const defaultAction = tier.defaultAction === "Pass" ? "Pass" : "Deny";
  return { order: tier.order ?? undefined, defaultAction };
}

function fromStore(key: Key, policy: StoredPolicy): VectorPolicy {
  return {
    ...keyOf(key),
    order: policy.order ?? Number.POSITIVE_INFINITY,
    tier: policy.tier,
    types: directions(policy.types?.length ? policy.types : ["ingress", "egress"]),
    doNotTrack: policy.untracked ?? false,
    preDNAT: policy.pre_dnat ?? false,
    applyOnForward: policy.apply_on_forward ?? false,
    selector: policy.selector ?? "",
    everywhere: policy.performance_hints?.includes("AssumeNeededOnEveryNode") ?? false,
  };
}

function fromMeta(key: Key, { tier, order, flags }: Meta): VectorPolicy {
  return {
    ...fromStore(key, { tier, ...(order !== undefined && { order }) }),
    types: directions(flags),
    doNotTrack: flags.includes("doNotTrack"),
    preDNAT: flags.includes("preDNAT"),
    applyOnForward: flags.includes("applyOnForward"),
  };
}

function directions(names: readonly string[]): ReadonlySet<Direction> {
  const lower = names.map((name) => name.toLowerCase());
  return new Set((["ingress", "egress"] as const).filter((direction) => lower.includes(direction)));
}

function withoutEmptyPolicies(tier: unknown): unknown {
  const { policies, ...rest } = tier as { readonly policies?: readonly unknown[] };
  return policies?.length ? { ...rest, policies } : rest;
}

function difference(found: unknown, wanted: unknown): string | undefined {
  if (isDeepStrictEqual(found, wanted)) return undefined;
  return `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
}
