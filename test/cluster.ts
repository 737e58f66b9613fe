/** Objects of the clusters that tests speak of, in brief. */
import type { NodeResource } from "../src/core/resources/node.ts";

/** One manifest with a document for each. */
export function manifestOf(...objects: readonly object[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("---\n");
}

/** A namespace, with labels beside the one that says its name. */
export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** A machine of the cluster. */
export function node(name: string, ...addresses: readonly string[]): NodeResource {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: { addresses: addresses.map((address) => ({ type: "InternalIP", address })) },
  };
}

/** The pod `namespace/name`, labelled `app: name`. */
export function pod(
  path: string,
  nodeName: string,
  addresses: readonly string[],
  spec: object = {},
): object {
  const [namespace, name] = path.split("/");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: { nodeName, ...spec },
    status: { podIPs: addresses.map((ip) => ({ ip })) },
  };
}

/** The service account `namespace/name`. */
export function serviceAccount(path: string, labels: Readonly<Record<string, string>>): object {
  const [namespace, name] = path.split("/");
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } };
}

/** A tier of Calico's API. */
export function tier(name: string, spec: object): object {
  return { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name }, spec };
}

/** A host endpoint for `eth0` of a node, labelled `host: name`. */
export function hostEndpoint(name: string, onNode: string, spec: object = {}): object {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "HostEndpoint",
    metadata: { name, labels: { host: name } },
    spec: { node: onNode, interfaceName: "eth0", ...spec },
  };
}
