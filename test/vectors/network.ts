/** A cluster made of manifests, which answers whether connections pass. */
import { modelOf } from "../../src/core/model/convert.ts";
import { type Address, address } from "../../src/core/net/address.ts";
import { hasPorts, parseProtocol } from "../../src/core/net/protocol.ts";
import { admit } from "../../src/core/resources/admit.ts";
import { type AnyResource, kindOf } from "../../src/core/resources/kinds.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { judge } from "../../src/core/verdict/judge.ts";

/** Where a connection goes. `port` is left out for protocols without ports. */
export interface Target {
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: string;
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
}

const CLIENT_PORT = 50_000;

/** Asks the oracle and the fast path alike; that they differ is an error. */
export class Network {
  readonly #model;
  readonly #cluster: Cluster;

  constructor(manifests: Iterable<unknown>) {
    this.#model = modelOf(Array.from(manifests, resourceOf));
    this.#cluster = new Cluster(this.#model);
  }

  allows({ source, destination, protocol: name, port }: Target): boolean {
    const protocol = parseProtocol(name);
    if (protocol === undefined) throw new Error(`unknown protocol ${name}`);
    const ports = hasPorts(protocol) && { sourcePort: CLIENT_PORT, destinationPort: port };
    const flow = { source, destination, protocol, ...ports };
    const judged = judge(this.#cluster, flow).action;
    const meant = evaluate(this.#model, flow).action;
    if (judged !== meant) throw new Error(`verdict says ${judged}, spec says ${meant}`);
    return judged === "Allow";
  }
}

/** A cluster as vectors describe it. */
export interface ClusterCase {
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
  readonly pods: readonly PodManifest[];
  readonly policies: readonly unknown[];
}

/** Its manifests; a namespace that only pods name has no labels. */
export function manifestsOf({ namespaces, pods, policies }: ClusterCase): unknown[] {
  const labels = new Map(pods.map(({ namespace }) => [namespace, {}]));
  for (const [name, written] of Object.entries(namespaces)) labels.set(name, written ?? {});
  return [
    ...Array.from(labels, ([name, own]) => namespaceManifest(name, own)),
    ...pods.map(podManifest),
    ...policies,
  ];
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
function podManifest({ namespace, name, labels, ips, ports }: PodManifest): unknown {
  const containerPorts = ports.map(({ port, ...rest }) => ({ ...rest, containerPort: port }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { nodeName: "node", containers: [{ name: "main", ports: containerPorts }] },
    status: { phase: "Running", podIPs: ips.map((ip) => ({ ip })) },
  };
}

/** The first address that a pod of a vector has. */
export function addressOf({ ips }: PodManifest): Address {
  return address(ips[0] ?? "");
}

function admitted(manifest: unknown): AnyResource {
  const { apiVersion, kind: name } = manifest as { apiVersion: string; kind: string };
  const kind = kindOf(apiVersion, name);
  if (!kind) throw new Error(`unknown kind ${apiVersion} ${name}`);
  const admission = admit(kind, manifest);
  if (admission.admitted) return admission.resource;
  const [error] = admission.errors;
  throw new Error(`${name} refused: ${error?.field} ${error?.message}`);
}
