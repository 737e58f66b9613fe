/** Destination addresses that a cluster translates: of services, and of the environment. */
import { type Address, address } from "../../../src/core/net/address.ts";
import { parseProtocol, TCP } from "../../../src/core/net/protocol.ts";
import type { ClusterState, EndpointFields, Manifest } from "./state-model.ts";

export interface Target {
  readonly address: Address;
  readonly protocol: number;
  readonly port: number;
}

/** Absent criteria are any. */
export interface Translation {
  readonly address: Address;
  readonly port: number;
  readonly protocol?: number;
  /** The name of who connects. */
  readonly from?: string;
  readonly to: { readonly address: Address; readonly port: number };
}

export interface ServiceManifest extends Manifest {
  readonly kind: "Service";
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
  };
}

interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

/** `test` is the file of the reference in which the state was made: one has services of its own. */
export function translationsOf(state: ClusterState, test: string): Translation[] {
  const services = state.resources.filter((one): one is ServiceManifest => one.kind === "Service");
  return [
    ...(state.environment?.dnat ?? []).map(({ dst, dport, to }) => ({
      address: address(dst),
      port: dport,
      to: addressAndPort(to),
    })),
    ...services.flatMap((service) => ofService(service, state.endpoints)),
    ...(test.endsWith("hostendpoints_test.go") ? unlisted(state) : []),
  ];
}

/** What Kubernetes makes of a service: a slice for each of its ports, as these may differ by pod. */
export function endpointSlices(
  service: ServiceManifest,
  endpoints: readonly EndpointFields[],
): Manifest[] {
  const { name, namespace = "default" } = service.metadata;
  return backendsOf(service, endpoints).map(({ backend, port, target }, i) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-${i}`,
      namespace,
      labels: { "kubernetes.io/service-name": name },
    },
    addressType: backend.ips[0]?.includes(":") ? "IPv6" : "IPv4",
    endpoints: [{ addresses: backend.ips }],
    ports: [{ name: port.name ?? "", protocol: port.protocol ?? "TCP", port: target }],
  }));
}

function ofService(service: ServiceManifest, endpoints: readonly EndpointFields[]): Translation[] {
  const { clusterIP = "" } = service.spec;
  if (clusterIP === "" || clusterIP === "None") return [];
  const from = address(clusterIP);
  return backendsOf(service, endpoints).flatMap(({ backend, port, target }) => {
    const own = backend.ips.map(address).find(({ family }) => family === from.family);
    const protocol = parseProtocol(port.protocol ?? "TCP") ?? TCP;
    return own
      ? [{ address: from, port: port.port, protocol, to: { address: own, port: target } }]
      : [];
  });
}

interface Backend {
  readonly backend: EndpointFields;
  readonly port: ServicePort;
  readonly target: number;
}

function backendsOf(
  { metadata, spec }: ServiceManifest,
  endpoints: readonly EndpointFields[],
): Backend[] {
  const { namespace = "default" } = metadata;
  const wanted = Object.entries(spec.selector ?? {});
  if (wanted.length === 0) return [];
  return endpoints
    .filter((one) => one.namespace === namespace)
    .filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value))
    .flatMap((backend) =>
      (spec.ports ?? []).flatMap((port) => {
        const target = targetOf(port, backend);
        return target === undefined ? [] : [{ backend, port, target }];
      }),
    );
}

function targetOf({ port, targetPort = port }: ServicePort, backend: EndpointFields) {
  if (typeof targetPort === "number") return targetPort;
  return backend.ports?.find(({ name }) => name === targetPort)?.port;
}

/** The services of `felix/fv/hostendpoints_test.go`, as the vectors' README tells them. */
function unlisted({ endpoints, hosts }: ClusterState): Translation[] {
  const port = 8055;
  return [0, 1].flatMap((i) => {
    const to = (name: string) => endpoints.find((one) => one.name === name)?.ips[0];
    const own = to(`w${i}`);
    const other = to(`w${1 - i}`);
    const host = hosts[i]?.name ?? "";
    const translate = (from: string, service: string, backend: string | undefined) =>
      backend === undefined
        ? []
        : [{ address: address(service), port, from, to: { address: address(backend), port } }];
    return [
      ...translate(host, `10.101.0.${20 + i}`, own),
      ...translate(host, `10.101.10.${10 + i}`, other),
      ...translate(`w${i}`, `10.101.10.${i}`, other),
    ];
  });
}

function addressAndPort(text: string): Translation["to"] {
  const [, host = "", port] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
  return { address: address(host), port: Number(port) };
}
