/** The reference's datastore, as far as sets of addresses come of it. */
import type { Endpoint, NetworkSet } from "../../../src/core/model/endpoint.ts";
import { withInherited } from "../../../src/core/model/labels.ts";
import { EMPTY_MODEL, type Model } from "../../../src/core/model/model.ts";
import { address, parseAddressOrPrefix } from "../../../src/core/net/address.ts";
import { parseProtocol, TCP } from "../../../src/core/net/protocol.ts";
import { parseSelector } from "../../../src/core/selector/parse.ts";
import { type Labels, matches } from "../../../src/core/selector/selector.ts";
import type { FlatRule } from "./flat-rule.ts";

export interface StoreRecord {
  readonly type: string;
  readonly key: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** Endpoints and network sets have these fields, each kind its own of them. */
interface Labelled {
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly profile_ids?: readonly string[] | null;
  readonly ipv4_nets?: readonly string[] | null;
  readonly ipv6_nets?: readonly string[] | null;
  readonly expected_ipv4_addrs?: readonly string[] | null;
  readonly expected_ipv6_addrs?: readonly string[] | null;
  readonly nets?: readonly string[] | null;
  readonly ports?: readonly {
    readonly name: string;
    readonly protocol: string | number;
    readonly port: number;
  }[];
}

interface RuleHolder {
  readonly selector?: string;
  readonly inbound_rules?: readonly FlatRule[] | null;
  readonly outbound_rules?: readonly FlatRule[] | null;
  readonly performance_hints?: readonly string[] | null;
}

/** Everything with addresses. */
export function storeModel(store: readonly StoreRecord[]): Model {
  const profiles = profileLabels(store);
  const endpoints = ofTypes(store, ["WorkloadEndpoint", "HostEndpoint"]).map((record) =>
    endpointOf(record, profiles),
  );
  return {
    ...EMPTY_MODEL,
    workloads: endpoints.filter((one) => one.kind === "WorkloadEndpoint"),
    hostEndpoints: endpoints.filter((one) => one.kind === "HostEndpoint"),
    networkSets: ofTypes(store, ["NetworkSet"]).map((record) => networkSetOf(record, profiles)),
  };
}

/**
 * The rules, of either direction, that need sets on `host`: of policies that select an endpoint of
 * it, or are wanted on every node, and of the profiles of its endpoints (evaluation.md §6).
 */
export function activeRules(store: readonly StoreRecord[], host: string): FlatRule[] {
  const { workloads, hostEndpoints } = storeModel(store);
  const local: readonly Endpoint[] = [...workloads, ...hostEndpoints].filter(
    ({ node }) => node === host,
  );
  const used = new Set(local.flatMap((endpoint) => endpoint.profiles));
  const holders = store.filter(({ type, key, value }) => {
    if (type === "ProfileRules") return used.has(profileNameOf(key));
    return type === "Policy" && isActive(value as RuleHolder, local);
  });
  return holders.flatMap(({ value }) => {
    const { inbound_rules, outbound_rules } = value as RuleHolder;
    return [...(inbound_rules ?? []), ...(outbound_rules ?? [])];
  });
}

function isActive(policy: RuleHolder, local: readonly Endpoint[]): boolean {
  if (policy.performance_hints?.includes("AssumeNeededOnEveryNode")) return true;
  const selector = parseSelector(policy.selector ?? "");
  return local.some(({ labels }) => matches(selector, labels));
}

/** The recording lost the name in the key of a profile's rules (the vectors' README). */
function profileNameOf(key: StoreRecord["key"]): string {
  return typeof key.name === "string" ? key.name : "prof-1";
}

function profileLabels(store: readonly StoreRecord[]): ReadonlyMap<string, Labels> {
  const profiles = ofTypes(store, ["Resource"]).filter(({ key }) => key.kind === "Profile");
  return new Map(
    profiles.map(({ key, value }) => {
      const { spec } = value as { spec?: { labelsToApply?: Labelled["labels"] } };
      return [String(key.name), new Map(Object.entries(spec?.labelsToApply ?? {}))];
    }),
  );
}

/** The last record of a key counts, and one without a value is a deletion. */
function ofTypes(store: readonly StoreRecord[], types: readonly string[]): StoreRecord[] {
  return store.filter(({ type, value }) => types.includes(type) && value !== null);
}

function endpointOf(
  { type, key, value }: StoreRecord,
  inherited: ReadonlyMap<string, Labels>,
): Endpoint {
  const fields = value as Labelled;
  const { profile_ids, labels, ports } = fields;
  const profiles = profile_ids ?? [];
  const common = {
    name: String(key.workloadID ?? key.endpointID),
    node: String(key.hostname),
    profiles,
    labels: withInherited(new Map(Object.entries(labels ?? {})), profiles, inherited),
    ports: (ports ?? []).map((one) => ({
      ...one,
      protocol: parseProtocol(String(one.protocol)) ?? TCP,
    })),
    interfaceName: "",
  };
  if (type === "HostEndpoint") {
    const { expected_ipv4_addrs, expected_ipv6_addrs } = fields;
    const addresses = [...(expected_ipv4_addrs ?? []), ...(expected_ipv6_addrs ?? [])].map(address);
    return { ...common, kind: "HostEndpoint", addresses };
  }
  const nets = [...(fields.ipv4_nets ?? []), ...(fields.ipv6_nets ?? [])].map(prefixOf);
  const addresses = nets.map((net) => net.address);
  return { ...common, kind: "WorkloadEndpoint", namespace: "", addresses };
}

function networkSetOf(
  { key, value }: StoreRecord,
  inherited: ReadonlyMap<string, Labels>,
): NetworkSet {
  const { nets, labels, profile_ids } = value as Labelled;
  const own = new Map(Object.entries(labels ?? {}));
  return {
    kind: "NetworkSet",
    namespace: "",
    name: String(key.name),
    labels: withInherited(own, profile_ids ?? [], inherited),
    nets: (nets ?? []).map(prefixOf),
  };
}

function prefixOf(text: string) {
  const found = parseAddressOrPrefix(text);
  if (!found) throw new Error(`${text} is no network`);
  return found;
}
