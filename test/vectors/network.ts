/** A cluster made of manifests, which answers whether connections pass. */
import { isDeepStrictEqual } from "node:util";
import { type Analysis, analyse } from "../../src/core/analysis/analysis.ts";
import type { PeerOptions } from "../../src/core/model/admin-peer.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Direction } from "../../src/core/model/policy.ts";
import type { Step, Verdict } from "../../src/core/model/verdict.ts";
import { type Address, address } from "../../src/core/net/address.ts";
import { hasPorts, parseProtocol } from "../../src/core/net/protocol.ts";
import { admit, shape } from "../../src/core/resources/admit.ts";
import { type AnyResource, kindOf } from "../../src/core/resources/kinds.ts";
import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { judge } from "../../src/core/verdict/judge.ts";

/** Where a connection goes. */
export interface Target {
  readonly source: Address;
  readonly destination: Address;
  /** By name or number. */
  readonly protocol: string;
  /** The destination's; read for protocols that have ports. */
  readonly port: number;
}

/** A port of a pod, as vectors list them. */
export interface PodPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
}

/** A pod, as vectors list them. */
export interface PodManifest {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly ips: readonly string[];
  readonly ports: readonly PodPort[];
  /** Where it runs; every pod that does not say runs on one node. */
  readonly node?: string;
  /** Whether it is the host itself, and so no endpoint. */
  readonly hostNetwork?: boolean;
}

/** A node, as vectors list them. */
export interface NodeManifest {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: readonly string[];
}

const CLIENT_PORT = 50_000;

/** Asks the oracle, the fast path and the exact algebra alike; that they differ is an error. */
export class Network {
  readonly #model: Model;
  readonly #cluster: Cluster;
  readonly #analysis: Analysis;

  constructor(manifests: Iterable<unknown>, options: PeerOptions = {}) {
    this.#model = modelOf(Array.from(manifests, resourceOf), options);
    this.#cluster = new Cluster(this.#model);
    this.#analysis = analyse(this.#model);
  }

  allows(target: Target): boolean {
    return this.#verdict(target).action === "Allow";
  }

  /** What one side's workload says of it: undefined where no workload is on that side. */
  step(target: Target, direction: Direction): Step | undefined {
    return this.#verdict(target).steps.find(
      (step) => step.kind === "WorkloadEndpoint" && step.direction === direction,
    );
  }

  #verdict({ source, destination, protocol: name, port }: Target): Verdict {
    const protocol = parseProtocol(name);
    if (protocol === undefined) throw new Error(`unknown protocol ${name}`);
    const ports = hasPorts(protocol) && { sourcePort: CLIENT_PORT, destinationPort: port };
    const flow = { source, destination, protocol, ...ports };
    const judged = judge(this.#cluster, flow);
    const meant = evaluate(this.#model, flow);
    if (!isDeepStrictEqual(judged, meant)) {
      throw new Error(`verdict says ${JSON.stringify(judged)}, spec ${JSON.stringify(meant)}`);
    }
    if (this.#analysis.has(flow) !== (meant.action === "Allow")) {
      throw new Error(`analysis says otherwise than spec, which says ${JSON.stringify(meant)}`);
    }
    return judged;
  }
}

/** A cluster as vectors describe it. */
export interface ClusterCase {
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
  readonly pods: readonly PodManifest[];
  readonly policies: readonly PolicyManifest[];
  readonly nodes?: readonly NodeManifest[];
}

/** A policy of any kind. */
export interface PolicyManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Its manifests; a namespace that only pods name has no labels. */
export function manifestsOf({ namespaces, pods, policies, nodes = [] }: ClusterCase): unknown[] {
  const labels = new Map(pods.map(({ namespace }) => [namespace, {}]));
  for (const [name, written] of Object.entries(namespaces)) labels.set(name, written ?? {});
  return [
    ...Array.from(labels, ([name, own]) => namespaceManifest(name, own)),
    ...nodes.map(nodeManifest),
    ...pods.map(podManifest),
    ...policies.map(clusterWide),
  ];
}

/** Policies of administrators have no namespace, and the baseline's only one has a given name. */
function clusterWide(policy: PolicyManifest): unknown {
  const { apiVersion, kind, metadata } = policy;
  if (!apiVersion.startsWith("policy.networking.k8s.io/")) return policy;
  const name = kind === "BaselineAdminNetworkPolicy" ? "default" : metadata.name;
  return { ...policy, metadata: { name } };
}

function nodeManifest({ name, labels, addresses }: NodeManifest): unknown {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
    status: { addresses: addresses.map((address) => ({ type: "InternalIP", address })) },
  };
}

function namespaceManifest(name: string, labels: Readonly<Record<string, string>>): unknown {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** Namespaces have exactly the labels that are listed, without the one that admission adds. */
function resourceOf(manifest: unknown): AnyResource {
  const resource = admitted(manifest);
  const { metadata } = manifest as AnyResource;
  return resource.kind === "Namespace" ? { ...resource, metadata } : resource;
}

/** A running pod. */
function podManifest(pod: PodManifest): unknown {
  const { namespace, name, labels, ips, ports, node = "node", hostNetwork = false } = pod;
  const containerPorts = ports.map(({ port, ...rest }) => ({ ...rest, containerPort: port }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { nodeName: node, hostNetwork, containers: [{ name: "main", ports: containerPorts }] },
    status: { phase: "Running", podIPs: ips.map((ip) => ({ ip })) },
  };
}

/** The first address that a pod of a vector has. */
export function addressOf({ ips }: PodManifest): Address {
  return address(ips[0] ?? "");
}

function admitted(manifest: unknown): AnyResource {
  const { apiVersion, kind: name } = manifest as AnyResource;
  const kind = kindOf(apiVersion, name);
  if (!kind) throw new Error(`unknown kind ${apiVersion} ${name}`);
  const admission = admit(kind, manifest);
  if (admission.admitted) return admission.resource;
  if (name.endsWith("NetworkPolicy")) return unadmitted(kind, manifest);
  const [error] = admission.errors;
  throw new Error(`${name} refused: ${error?.field} ${error?.message}`);
}

/**
 * A policy that no API server would take, as its defaults make it: vectors hold what never met one.
 * Conversion reads whatever it gets; what it cannot read lets nothing pass.
 */
function unadmitted(kind: ResourceKind, manifest: unknown): AnyResource {
  const { object } = shape(kind, manifest);
  return kind.withDefaults(object as AnyResource) as AnyResource;
}
