/**
 * What to ask of a directory: one port, protocol and external address of each kind that neither its
 * policies nor its expectations can tell apart.
 */
import { type Address, contains, lastAddress, type Prefix } from "../../../src/core/net/address.ts";
import { covers, type Expected, isExternal } from "./expected.ts";
import { namesProtocols, type Policy, portsIn } from "./policies.ts";
import type { Manifests } from "./workloads.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;
const LAST_PORT = 65_535;
/** One past the last IPv4 address. */
export const IPV4_END = 2 ** 32;

/** The first addresses of the ranges in which all external addresses are alike. */
export function externalStarts({ connections }: Expected, networks: readonly Prefix[]): number[] {
  const starts = new Set([0]);
  for (const net of networks) {
    starts.add(net.address.words[0] ?? 0).add((lastAddress(net).words[0] ?? 0) + 1);
  }
  for (const peer of connections.flatMap(({ src, dst }) => [src, dst])) {
    if (peer.type === "external") starts.add(peer.first).add(peer.last + 1);
  }
  starts.delete(IPV4_END);
  return [...starts].sort((a, b) => a - b);
}

/** One start of those in the same networks, of which the same is expected. */
export function distinctStarts(
  starts: readonly number[],
  { connections }: Expected,
  networks: readonly Prefix[],
): number[] {
  const external = connections.filter((one) => [one.src, one.dst].some(isExternal));
  const distinct = new Map<string, number>();
  for (const start of starts) {
    const within = networks.map((net) => contains(net, ipv4Of(start)));
    const expected = external.flatMap(({ src, dst, conns }) => {
      const peers = [src, dst].map((peer) => (isExternal(peer) ? covers(peer, start) : peer));
      return peers.includes(false) ? [] : [JSON.stringify([peers, conns])];
    });
    const key = JSON.stringify([within, expected.sort()]);
    if (!distinct.has(key)) distinct.set(key, start);
  }
  return [...distinct.values()];
}

/**
 * The first ports of the ranges in which all ports are alike; what workloads serve matters only
 * where a policy names it. Port 0 is outside the model.
 */
export function portStarts({ connections }: Expected, manifests: Manifests): number[] {
  const { workloads, policies, forwarding } = manifests;
  const starts = new Set([1]);
  const add = (first: number, last: number) => starts.add(first).add(last + 1);
  const { ranges, names } = portsIn(policies);
  for (const [first, last] of ranges) add(first, last);
  for (const { name, port } of workloads.flatMap(({ ports }) => ports)) {
    if (name !== undefined && names.has(name)) add(port, port);
  }
  for (const port of [...forwarding.values()].flatMap((ports) => [...ports])) add(port, port);
  for (const { conns } of connections) {
    if (conns === "all") continue;
    for (const [first, last] of Object.values(conns).flat()) add(first, last);
  }
  return [...starts].filter((port) => port >= 1 && port <= LAST_PORT).sort((a, b) => a - b);
}

/** Where neither policies nor expectations speak of protocols, all are alike. */
export function protocolsOf(
  { connections }: Expected,
  policies: readonly Policy[],
): readonly string[] {
  const alike = connections.every(({ conns }) => conns === "all") && !namesProtocols(policies);
  return alike ? PROTOCOLS.slice(0, 1) : PROTOCOLS;
}

/** The IPv4 address of this number. */
export function ipv4Of(number: number): Address {
  return { family: 4, words: [number] };
}
