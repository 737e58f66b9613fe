/** A cluster with one policed pod, of as many policies as are wanted, and many peers. */
import type { WorkloadEndpoint } from "../src/core/model/endpoint.ts";
import { EMPTY_MODEL, type Model } from "../src/core/model/model.ts";
import type { Policy, Rule } from "../src/core/model/policy.ts";
import { address } from "../src/core/net/address.ts";
import { parseSelector } from "../src/core/selector/parse.ts";
import type { Flow } from "./generator.ts";
import { CLIENT_NETWORK, SERVER, SERVER_INTERFACE } from "./node-scene.ts";

export const NODE = "node";
const PEERS = 10_000;
export const PORTS: readonly number[] = Array.from({ length: 16 }, (_, i) => 8000 + i);
const TCP = 6;
const UDP = 17;

/**
 * Each peer is selected by one policy, by its label, and allowed one port by TCP and UDP. Policies
 * allow a port of their own besides, so that no two of them say the same.
 */
export function clusterOf(policies: number): Model {
  return {
    ...EMPTY_MODEL,
    workloads: [server(), ...Array.from({ length: PEERS }, (_, i) => peer(i, policies))],
    tiers: [{ name: "default", order: 1_000_000, defaultAction: "Deny" }],
    policies: Array.from({ length: policies }, (_, i) => policy(i)),
  };
}

/** Flows to the policed pod that are allowed, from peers at random, no two the same. */
export function allowedFlows(count: number, policies: number, random: () => number): Flow[] {
  const offset = Math.floor(random() * 20_000);
  return Array.from({ length: count }, (_, i) => {
    const peer = Math.floor(random() * PEERS);
    return {
      source: peerAddress(peer),
      sourcePort: 20_000 + ((offset + i) % 40_000),
      destination: SERVER,
      destinationPort: portOf(peer % policies),
    };
  });
}

function server(): WorkloadEndpoint {
  return {
    kind: "WorkloadEndpoint",
    namespace: "bench",
    name: "server",
    interfaceName: SERVER_INTERFACE,
    addresses: [address(SERVER)],
    labels: new Map([["role", "server"]]),
    profiles: [],
    ports: [],
    node: NODE,
  };
}

function peer(i: number, policies: number): WorkloadEndpoint {
  return {
    ...server(),
    name: `peer-${i}`,
    interfaceName: `cali${i}`,
    addresses: [address(peerAddress(i))],
    labels: new Map([["app", `app-${i % policies}`]]),
    node: "elsewhere",
  };
}

function policy(i: number): Policy {
  return {
    kind: "GlobalNetworkPolicy",
    namespace: "",
    name: `policy-${i}`,
    tier: "default",
    order: i,
    selector: parseSelector("role == 'server'"),
    types: new Set(["ingress"]),
    ingress: [rule(i, 0, TCP, [portOf(i), 20_000 + i]), rule(i, 1, UDP, [portOf(i)])],
    egress: [],
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged: false,
  };
}

function rule(policy: number, index: number, protocol: number, ports: readonly number[]): Rule {
  return {
    action: "Allow",
    path: `spec.ingress[${index}]`,
    index,
    protocol,
    source: { selector: parseSelector(`app == 'app-${policy}'`) },
    destination: {
      ports: { ranges: ports.map((port) => ({ first: port, last: port })), names: [] },
    },
  };
}

function peerAddress(i: number): string {
  return `${CLIENT_NETWORK}.${i >> 8}.${i & 255}`;
}

function portOf(policy: number): number {
  return PORTS[policy % PORTS.length] ?? 0;
}
