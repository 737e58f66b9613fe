/** Objects as manifests have them, valid or not. */
import { type AnyResource, kindOf } from "../../src/core/resources/kinds.ts";
import { node } from "../cluster.ts";

/** The object, which has to be of a kind that is known. */
export function resource(object: object): AnyResource {
  if (isResource(object)) return object;
  throw new Error(`of no kind that is known: ${JSON.stringify(object)}`);
}

function isResource(object: object): object is AnyResource {
  if (!("apiVersion" in object && "kind" in object && "metadata" in object)) return false;
  return kindOf(String(object.apiVersion), String(object.kind)) !== undefined;
}

export const CALICO = "projectcalico.org/v3";

export function calico(kind: string, metadata: object, spec: object): object {
  return { apiVersion: CALICO, kind, metadata, spec };
}

export function globalPolicy(name: string, spec: object = {}): object {
  return calico("GlobalNetworkPolicy", { name }, { types: ["Ingress"], ...spec });
}

export function toNodes(labels: object): object {
  const egress = [{ action: "Accept", to: [{ nodes: { matchLabels: labels } }] }];
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: "to-nodes" },
    spec: { tier: "Admin", priority: 1, subject: { namespaces: {} }, egress },
  };
}

export function labelledNode(name: string, address: string, labels: object): object {
  return { ...node(name, address), metadata: { name, labels } };
}

export function slice(name: string, service: string | undefined, ...addresses: string[]): object {
  const labels = service === undefined ? {} : { "kubernetes.io/service-name": service };
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace: "shop", labels },
    addressType: "IPv4",
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports: [{ protocol: "TCP", port: 80 }],
  };
}
