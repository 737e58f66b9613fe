/** Verdicts on single packets by layers of policy, of which a case asks some and in its own order. */

import type { Direction } from "../../src/core/model/policy.ts";
import { type Address, address } from "../../src/core/net/address.ts";
import { type Family, judge, type VectorCase } from "./family.ts";
import {
  manifestsOf,
  Network,
  type NodeManifest,
  type PodManifest,
  type PodPort,
  type PolicyManifest,
} from "./network.ts";

export const kubeNetworkPolicies: Family = {
  name: "kube-network-policies",
  file: "verdicts-k8s/kube-network-policies.json",
  run: ({ cases }) => judge<PacketCase>(cases, check),
};

interface PacketCase extends VectorCase {
  readonly policies: readonly PolicyManifest[];
  /** Layers, the first that decides a direction being final: `np`, or `mock:<name>=<verdict>`. */
  readonly evaluators: readonly string[];
  readonly packet: Packet;
  readonly nodes?: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly addresses: readonly { readonly address: string }[];
  }[];
  /** The addresses of names. */
  readonly domains?: Readonly<Record<string, readonly string[]>>;
  readonly allowed: boolean;
}

interface Packet {
  readonly src: string;
  readonly dst: string;
  readonly protocol?: string;
  readonly dport?: number;
  readonly srcPod: VectorPod | null;
  readonly dstPod: VectorPod | null;
}

interface VectorPod {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly ports: readonly PodPort[];
}

/** A protocol that no rule can name: a packet of which nothing is said matches none that names one. */
const NO_PROTOCOL = "253";

function check(one: PacketCase): string | undefined {
  const layers = one.evaluators.map((name) => layerOf(name, one));
  const allowed = (["egress", "ingress"] as const).every((direction) => {
    const decided = layers.map((layer) => layer(direction)).find((says) => says !== "next");
    return decided !== "deny";
  });
  if (allowed === one.allowed) return undefined;
  return `found ${allowed ? "allowed" : "blocked"}`;
}

/** What a layer says of the packet in a direction. */
type Layer = (direction: Direction) => "accept" | "deny" | "next";

/** Which policies each layer reads. */
const OWN: Readonly<Record<string, (policy: PolicyManifest) => boolean>> = {
  np: ({ kind }) => kind === "NetworkPolicy",
  admin: ({ kind }) => kind === "AdminNetworkPolicy",
  baseline: ({ kind }) => kind === "BaselineAdminNetworkPolicy",
  "cnp-admin": (policy) => isOfTier(policy, "Admin"),
  "cnp-baseline": (policy) => isOfTier(policy, "Baseline"),
};

function isOfTier(policy: PolicyManifest & { spec?: { tier?: string } }, tier: string): boolean {
  return policy.kind === "ClusterNetworkPolicy" && policy.spec?.tier === tier;
}

function layerOf(name: string, one: PacketCase): Layer {
  const mock = /^mock:.*=(accept|deny|next)$/.exec(name)?.[1];
  if (mock !== undefined) return () => mock as ReturnType<Layer>;
  const isOwn = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
  if (!isOwn) throw new Error(`unknown layer ${name}`);
  const network = networkOf(one, one.policies.filter(isOwn));
  const { src, dst, protocol = NO_PROTOCOL, dport = 0 } = one.packet;
  const target = { source: address(src), destination: address(dst), protocol, port: dport };
  return (direction) => {
    const step = network.step(target, direction);
    // A profile is asked when no policy decided.
    if (!step || step.decision.by === "profile") return "next";
    return step.action === "Deny" ? "deny" : "accept";
  };
}

function networkOf(one: PacketCase, policies: readonly PolicyManifest[]): Network {
  const { src, dst, srcPod, dstPod } = one.packet;
  const known = [
    ...(srcPod ? [{ ...srcPod, ip: src }] : []),
    ...(dstPod ? [{ ...dstPod, ip: dst }] : []),
  ];
  const pods = known.map(({ namespace, name, labels, ports, ip }): PodManifest => {
    return { namespace, name, labels, ports, ips: [ip] };
  });
  const namespaces = Object.fromEntries(
    known.map(({ namespace, namespaceLabels }) => [namespace, namespaceLabels]),
  );
  const domains = new Map(
    Object.entries(one.domains ?? {}).map(([name, texts]): [string, Address[]] => [
      name,
      texts.map(address),
    ]),
  );
  return new Network(manifestsOf({ namespaces, pods, policies, nodes: nodesOf(one) }), { domains });
}

/** Without a list of nodes a pod that is sent to counts as its node, whose labels it lists. */
function nodesOf({ nodes, packet }: PacketCase): NodeManifest[] {
  if (nodes) {
    return nodes.map(({ name, labels, addresses }) => {
      return { name, labels, addresses: addresses.map((one) => one.address) };
    });
  }
  const { dst, dstPod } = packet;
  return dstPod ? [{ name: "destination", labels: dstPod.nodeLabels, addresses: [dst] }] : [];
}
