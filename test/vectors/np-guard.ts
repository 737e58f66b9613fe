/**
 * Which workloads reach which, and which external addresses, in directories of manifests.
 *
 * An ipBlock there never matches a workload, though Calico and a kernel match addresses alone. So
 * workloads speak among themselves by IPv6, which no block covers, and with the outside by IPv4.
 * Answers are compared at one port and one external address of each range within which neither
 * the policies nor the expectations can tell a difference.
 */
import { join } from "node:path";
import { type Address, address, formatAddress } from "../../src/core/net/address.ts";
import { type Family, judge, type VectorCase, type VectorFile } from "./family.ts";
import { type ClusterCase, manifestsOf, Network } from "./network.ts";
import {
  type Connections,
  covers,
  type Expected,
  nameOf,
  type Peer,
  readExpected,
} from "./np-guard/expected.ts";
import { networksIn } from "./np-guard/policies.ts";
import {
  distinctStarts,
  externalStarts,
  IPV4_END,
  ipv4Of,
  portStarts,
  protocolsOf,
} from "./np-guard/samples.ts";
import { type Manifests, readManifests, type Workload } from "./np-guard/workloads.ts";

/** By what else than workloads and NetworkPolicies the directories have. */
const NAMES = ["np", "anp", "np+ingress", "vm"];

export const npGuard: readonly Family[] = [
  ...NAMES.map((name) => ({
    name,
    file: "verdicts-k8s/index.json",
    run: ({ cases }: VectorFile, dir: string) =>
      judge<DirectoryCase>(
        cases.filter((one) => one.family === name),
        (one) => check(join(dir, one.path), name.endsWith("+ingress")),
      ),
  })),
  {
    name: "np-guard",
    file: "verdicts-k8s/index.json",
    run: ({ cases }) =>
      judge<DirectoryCase>(
        cases.filter((one) => !NAMES.includes(String(one.family))),
        (one) => `nothing here reads directories of family ${JSON.stringify(one.family)}`,
      ),
  },
];

interface DirectoryCase extends VectorCase {
  readonly path: string;
}

/** Where workloads have their IPv6 addresses. */
const WORKLOADS = "fd00:7::";
const INGRESS_CONTROLLER = "ingress-controller";
const CONTROLLER = address(`${WORKLOADS}ffff`);

/** `forwards`: whether Ingresses and Routes matter though nothing is expected of them. */
function check(dir: string, forwards: boolean): string | undefined {
  const expected = readExpected(join(dir, "expected.json"));
  const manifests = readManifests(join(dir, "manifests"));
  const names = manifests.workloads.map(nameOf);
  const missing = expected.workloads.map(nameOf).find((name) => !names.includes(name));
  if (missing !== undefined) return `no workload ${missing}`;
  const asked = forwards || expected.connections.some(({ src }) => src.type === INGRESS_CONTROLLER);
  return compare(expected, asked ? manifests : { ...manifests, forwarding: new Map() });
}

function compare(expected: Expected, manifests: Manifests): string | undefined {
  const { workloads, policies } = manifests;
  const networks = networksIn(policies);
  const starts = externalStarts(expected, networks);
  const inside = placeWorkloads(workloads.length, starts);
  const outside = distinctStarts(starts, expected, networks);
  const network = networkOf(manifests, inside);
  const ports = portStarts(expected, manifests);
  const protocols = protocolsOf(expected, policies);
  const wanted = expectations(expected, outside);
  const differs = (from: string, to: string, source: Address, destination: Address) => {
    for (const protocol of protocols) {
      for (const port of ports) {
        const allowed = wanted(from, to, protocol, port);
        if (network.allows({ source, destination, protocol, port }) === allowed) continue;
        return `${from} to ${to} ${protocol} ${port}: wanted ${allowed ? "allowed" : "blocked"}`;
      }
    }
    return undefined;
  };
  const forwarded = (workload: Workload, destination: Address) => {
    const name = nameOf(workload);
    for (const port of ports) {
      const target = { source: CONTROLLER, destination, protocol: "TCP", port };
      const forwards = manifests.forwarding.get(workload)?.has(port) ?? false;
      const reached = forwards && network.step(target, "ingress")?.action === "Allow";
      const allowed = wanted(INGRESS_CONTROLLER, name, "TCP", port);
      if (reached === allowed) continue;
      return `${INGRESS_CONTROLLER} to ${name} ${port}: wanted ${allowed ? "allowed" : "blocked"}`;
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
    const why = forwarded(workload, ipv6);
    if (why) return why;
  }
  return undefined;
}

/** The workloads as pods, and a pod without labels, in a namespace of its own, that is the controller. */
function networkOf(
  { workloads, namespaces, policies }: Manifests,
  inside: readonly Addresses[],
): Network {
  const pods = workloads.map(({ namespace, labels, ports }, i): ClusterCase["pods"][number] => {
    const { ipv4, ipv6 } = at(inside, i);
    return { namespace, name: `w-${i}`, labels, ports, ips: [ipv4, ipv6].map(formatAddress) };
  });
  const controller = {
    namespace: INGRESS_CONTROLLER,
    name: INGRESS_CONTROLLER,
    labels: {},
    ports: [],
    ips: [formatAddress(CONTROLLER)],
  };
  const own = { [INGRESS_CONTROLLER]: { "kubernetes.io/metadata.name": INGRESS_CONTROLLER } };
  return new Network(
    manifestsOf({ namespaces: { ...own, ...namespaces }, pods: [...pods, controller], policies }),
  );
}

/** What a connection between two named peers should be; an external range is named by each start. */
function expectations({ connections }: Expected, outside: readonly number[]) {
  const namesOf = (peer: Peer): string[] => {
    if (peer.type === "workload") return [nameOf(peer)];
    if (peer.type === INGRESS_CONTROLLER) return [INGRESS_CONTROLLER];
    const within = outside.filter((start) => covers(peer, start));
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

interface Addresses {
  readonly ipv4: Address;
  readonly ipv6: Address;
}

/**
 * Addresses for workloads: IPv4 ones inside the widest range of external addresses, off its start,
 * which stands for the range; IPv6 ones, of which no policy speaks.
 */
function placeWorkloads(count: number, outside: readonly number[]): Addresses[] {
  let [widest, width] = [0, 0];
  for (const [i, start] of outside.entries()) {
    const size = (outside[i + 1] ?? IPV4_END) - start;
    if (size > width) [widest, width] = [start, size];
  }
  if (width <= count) throw new Error("no range of addresses is wide enough for the workloads");
  return Array.from({ length: count }, (_, i) => ({
    ipv4: ipv4Of(widest + 1 + i),
    ipv6: address(`${WORKLOADS}${(i + 1).toString(16)}`),
  }));
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
}
