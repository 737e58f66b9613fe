/** The policies in a directory of manifests, as far as their authors' evaluator reads them. */
import { type Prefix, parsePrefix } from "../../../src/core/net/address.ts";
import { isObject } from "../../../src/core/schema/json-object.ts";

type Json = Readonly<Record<string, unknown>>;

export interface Policy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Json;
}

/** A policy as it may be written: without what a server fills in or has no use for. */
type Written = Pick<Policy, "kind" | "metadata"> & {
  readonly apiVersion?: string;
  readonly spec?: unknown;
};

/** Whether an object governs traffic, and of which group it then is. */
export function isPolicy({
  apiVersion = "",
  kind,
}: {
  apiVersion?: string;
  kind: string;
}): boolean {
  if (apiVersion.startsWith("policy.networking.k8s.io/")) return true;
  return apiVersion.startsWith("networking.k8s.io/") && kind === "NetworkPolicy";
}

/**
 * The policy of an object, under a name that an API server takes. A peer that is not supported there
 * matches nothing, and the rest of its rule stays: IPv6 networks, which no address there has, and nodes.
 */
export function policyOf(
  { apiVersion = "", kind, metadata, spec: written }: Written,
  index: number,
): Policy {
  const spec = isObject(written) ? written : {};
  const namespaced = kind === "NetworkPolicy";
  return {
    apiVersion: namespaced ? "networking.k8s.io/v1" : apiVersion,
    kind,
    metadata: {
      name: `p-${index}`,
      ...(namespaced && { namespace: metadata.namespace ?? "default" }),
    },
    spec: {
      ...spec,
      ...("ingress" in spec && { ingress: supportedRules(spec.ingress, "from") }),
      ...("egress" in spec && { egress: supportedRules(spec.egress, "to") }),
    },
  };
}

/** A rule of which no peer is left matches nothing, so it goes. */
function supportedRules(rules: unknown, side: "from" | "to"): unknown {
  if (!Array.isArray(rules)) return rules;
  return rules.flatMap((rule: Json) => {
    const peers = rule[side];
    if (!Array.isArray(peers) || peers.length === 0) return [rule];
    const supported = peers.flatMap(supportedPeer);
    return supported.length === 0 ? [] : [{ ...rule, [side]: supported }];
  });
}

function supportedPeer(peer: Json): Json[] {
  if (isObject(peer.ipBlock)) return isIpv6(peer.ipBlock.cidr) ? [] : [peer];
  if (!Array.isArray(peer.networks)) return "nodes" in peer ? [] : [peer];
  const networks = peer.networks.filter((net) => !isIpv6(net));
  return networks.length === 0 ? [] : [{ ...peer, networks }];
}

function isIpv6(net: unknown): boolean {
  return parsePrefix(String(net))?.address.family === 6;
}

/** Every network that a policy names; all are of IPv4. */
export function networksIn(policies: readonly Policy[]): Prefix[] {
  return policies.flatMap(({ spec }) => [...objectsIn(spec)]).flatMap(netsOf);
}

function netsOf({ cidr, except, networks }: Json): Prefix[] {
  const texts = [cidr, ...listOf(except), ...listOf(networks)];
  return texts.flatMap((text) => (typeof text === "string" ? (parsePrefix(text) ?? []) : []));
}

/** Ports that policies name, by number as inclusive ranges, and by name. */
export function portsIn(policies: readonly Policy[]): {
  readonly ranges: readonly (readonly [number, number])[];
  readonly names: ReadonlySet<string>;
} {
  const ranges: [number, number][] = [];
  const names = new Set<string>();
  for (const object of policies.flatMap(({ spec }) => [...objectsIn(spec)])) {
    const { port, endPort, start, end, number, namedPort, destinationNamedPort } = object;
    for (const name of [port, namedPort, destinationNamedPort]) {
      if (typeof name === "string") names.add(name);
    }
    for (const [first, last] of [
      [port, endPort ?? port],
      [start, end],
      [number, number],
    ]) {
      const range = [Number(first), Number(last)] as const;
      if (range.every(Number.isInteger)) ranges.push([...range]);
    }
  }
  return { ranges, names };
}

/** Whether any rule is about some protocols or ports alone. */
export function namesProtocols(policies: readonly Policy[]): boolean {
  return policies
    .flatMap(({ spec }) => [...objectsIn(spec)])
    .some((object) => "ports" in object || "protocols" in object);
}

/** All objects within a value. */
function* objectsIn(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  else if (isObject(value)) {
    yield value;
    for (const item of Object.values(value)) yield* objectsIn(item);
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
