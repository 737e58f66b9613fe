/**
 * Which workloads reach which, and which external addresses, in directories of manifests.
 *
 * An ipBlock there never matches a workload, though Calico and a kernel match addresses alone. So
 * workloads speak among themselves by IPv6, which no block covers, and with the outside by IPv4.
 * Answers are compared at one port and one external address of each range within which neither
 * the policies nor the expectations can tell a difference.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Address,
  address,
  contains,
  formatAddress,
  lastAddress,
  type Prefix,
  parsePrefix,
} from "../../src/core/net/address.ts";
import { type Family, judge, type VectorCase } from "./family.ts";
import { manifestsOf, Network } from "./network.ts";
import { type Manifests, type Policy, readManifests, type Workload } from "./np-guard-workloads.ts";

export const npGuard: Family = {
  name: "np",
  file: "verdicts-k8s/index.json",
  run: ({ cases }, dir) =>
    judge<DirectoryCase>(
      cases.filter((one) => one.family === "np"),
      (one) => check(join(dir, one.path)),
    ),
};

interface DirectoryCase extends VectorCase {
  readonly path: string;
}

interface Expected {
  readonly workloads: readonly Pick<Workload, "namespace" | "name" | "kind">[];
  readonly connections: readonly {
    readonly src: Peer;
    readonly dst: Peer;
    readonly conns: Connections;
  }[];
}

type Peer =
  | ({ readonly type: "workload" } & Pick<Workload, "namespace" | "name" | "kind">)
  /** The addresses from first to last. */
  | { readonly type: "external"; readonly from: string; readonly to: string };

/** Ports as inclusive ranges, by protocol. */
type Connections = "all" | Readonly<Record<string, readonly (readonly [number, number])[]>>;

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;
const LAST_PORT = 65_535;
/** One past the last IPv4 address. */
const IPV4_END = 2 ** 32;

function check(dir: string): string | undefined {
  const expected = JSON.parse(readFileSync(join(dir, "expected.json"), "utf8")) as Expected;
  const manifests = readManifests(join(dir, "manifests"));
  const names = manifests.workloads.map(nameOf);
  const missing = expected.workloads.map(nameOf).find((name) => !names.includes(name));
  if (missing !== undefined) return `no workload ${missing}`;
  return compare(expected, manifests);
}

function compare(expected: Expected, manifests: Manifests): string | undefined {
  const { workloads, policies } = manifests;
  const outside = externalStarts(expected, policies);
  const inside = placeWorkloads(workloads.length, outside, policies);
  const network = new Network(
    manifestsOf({
      ...manifests,
      pods: workloads.map(({ namespace, labels, ports }, i) => {
        const { ipv4, ipv6 } = at(inside, i);
        return { namespace, name: `w-${i}`, labels, ports, ips: [ipv4, ipv6].map(formatAddress) };
      }),
    }),
  );
  const ports = portStarts(expected, manifests);
  const wanted = expectations(expected, outside);
  const differs = (from: string, to: string, source: Address, destination: Address) => {
    for (const protocol of PROTOCOLS) {
      for (const port of ports) {
        const allowed = wanted(from, to, protocol, port);
        if (network.allows({ source, destination, protocol, port }) === allowed) continue;
        return `${from} to ${to} ${protocol} ${port}: wanted ${allowed ? "allowed" : "blocked"}`;
      }
    }
    return undefined;
  };
  for (const [i, workload] of workloads.entries()) {
    const name = nameOf(workload);
    const { ipv4, ipv6 } = at(inside, i);
    for (const [j, other] of workloads.entries()) {
      const why = i !== j && differs(name, nameOf(other), ipv6, at(inside, j).ipv6);
      if (why) return why;
    }
    for (const start of outside) {
      const external = ipv4Of(start);
      const text = formatAddress(external);
      const why = differs(name, text, ipv4, external) ?? differs(text, name, external, ipv4);
      if (why) return why;
    }
  }
  return undefined;
}

/** What a connection between two named peers should be; an external range is named by each start. */
function expectations({ connections }: Expected, outside: readonly number[]) {
  const namesOf = (peer: Peer): string[] => {
    if (peer.type === "workload") return [nameOf(peer)];
    const [first, last] = [numberOf(peer.from), numberOf(peer.to)];
    const within = outside.filter((start) => first <= start && start <= last);
    return within.map((start) => formatAddress(ipv4Of(start)));
  };
  const byPair = new Map<string, Connections[]>();
  for (const { src, dst, conns } of connections) {
    const destinations = namesOf(dst);
    for (const pair of namesOf(src).flatMap((from) => destinations.map((to) => `${from} ${to}`))) {
      byPair.set(pair, [...(byPair.get(pair) ?? []), conns]);
    }
  }
  return (from: string, to: string, protocol: string, port: number): boolean =>
    (byPair.get(`${from} ${to}`) ?? []).some(
      (conns) =>
        conns === "all" ||
        (conns[protocol] ?? []).some(([first, last]) => first <= port && port <= last),
    );
}

function nameOf({ namespace, name, kind }: Pick<Workload, "namespace" | "name" | "kind">): string {
  return `${namespace}/${name} (${kind})`;
}

/** The first addresses of the ranges in which all external addresses are alike. */
function externalStarts({ connections }: Expected, policies: readonly Policy[]): number[] {
  const starts = new Set([0]);
  for (const net of blocksOf(policies)) {
    if (net.address.family !== 4) continue;
    starts.add(net.address.words[0] ?? 0).add((lastAddress(net).words[0] ?? 0) + 1);
  }
  for (const peer of connections.flatMap(({ src, dst }) => [src, dst])) {
    if (peer.type === "external") starts.add(numberOf(peer.from)).add(numberOf(peer.to) + 1);
  }
  starts.delete(IPV4_END);
  return [...starts].sort((a, b) => a - b);
}

/**
 * The first ports of the ranges in which all ports are alike; what workloads serve matters only
 * where a policy names it. Port 0 is outside the model.
 */
function portStarts({ connections }: Expected, { workloads, policies }: Manifests): number[] {
  const starts = new Set([1]);
  const add = (first: number, last: number) => starts.add(first).add(last + 1);
  const served = workloads.flatMap(({ ports }) => ports);
  for (const { port, endPort } of rulesOf(policies).flatMap(({ ports }) => ports ?? [])) {
    const number = Number(port ?? 0);
    if (Number.isInteger(number)) add(number, endPort ?? number);
    for (const { port: named } of served.filter(({ name }) => name === port)) add(named, named);
  }
  for (const { conns } of connections) {
    if (conns === "all") continue;
    for (const [first, last] of Object.values(conns).flat()) add(first, last);
  }
  return [...starts].filter((port) => port >= 1 && port <= LAST_PORT).sort((a, b) => a - b);
}

/**
 * Addresses for workloads: IPv4 ones inside the widest range of external addresses, off its start,
 * which stands for the range; IPv6 ones that no block covers.
 */
function placeWorkloads(
  count: number,
  outside: readonly number[],
  policies: readonly Policy[],
): { readonly ipv4: Address; readonly ipv6: Address }[] {
  let [widest, width] = [0, 0];
  for (const [i, start] of outside.entries()) {
    const size = (outside[i + 1] ?? IPV4_END) - start;
    if (size > width) [widest, width] = [start, size];
  }
  if (width <= count) throw new Error("no range of addresses is wide enough for the workloads");
  const blocks = blocksOf(policies);
  const isFree = (network: string) => !blocks.some((net) => contains(net, address(`${network}1`)));
  const network = ["fd00:7::", "2001:db8:7::", "2600:7::"].find(isFree) ?? "fd00:7::";
  return Array.from({ length: count }, (_, i) => ({
    ipv4: ipv4Of(widest + 1 + i),
    ipv6: address(`${network}${(i + 1).toString(16)}`),
  }));
}

function blocksOf(policies: readonly Policy[]): Prefix[] {
  return rulesOf(policies)
    .flatMap(({ from, to }) => [...(from ?? []), ...(to ?? [])])
    .flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : []))
    .flatMap((text) => parsePrefix(text) ?? []);
}

function rulesOf(policies: readonly Policy[]) {
  return policies.flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]);
}

function ipv4Of(number: number): Address {
  return { family: 4, words: [number] };
}

function numberOf(text: string): number {
  return address(text).words[0] ?? 0;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
}
