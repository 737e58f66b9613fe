/** Services by their backends, as EndpointSlices list them (k8s-conversion.md §7). */
import { type Address, compareAddresses, formatAddress, parseAddress } from "../net/address.ts";
import { parseProtocol, TCP } from "../net/protocol.ts";
import { type EndpointSliceResource, SERVICE_NAME_LABEL } from "../resources/endpoint-slice.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Backend, Service } from "./service.ts";

/** What one slice says of the backends of the service that it belongs to. */
export interface ServiceSlice extends Service {
  /** `namespace/name` of the service. */
  readonly service: string;
}

/** The services that the slices belong to, by namespace and name. */
export function servicesOf(slices: readonly EndpointSliceResource[]): Service[] {
  const owned = slices.flatMap((slice) => convertSlice(slice) ?? []);
  return [...Map.groupBy(owned, ({ service }) => service)]
    .sort(([a], [b]) => compareBytes(a, b))
    .flatMap(([, group]) => joinSlices(group) ?? []);
}

/**
 * The slice; undefined when it belongs to no service. Every endpoint counts, ready or not; names in
 * the place of addresses, and ports without a number, do not.
 */
export function convertSlice(slice: EndpointSliceResource): ServiceSlice | undefined {
  const { namespace = "default", labels = {} } = slice.metadata;
  const name = Object.hasOwn(labels, SERVICE_NAME_LABEL) ? labels[SERVICE_NAME_LABEL] : "";
  if (!name) return undefined;
  const addresses = endpointAddresses(slice);
  const ports = (slice.ports ?? []).flatMap(({ protocol, port }) =>
    port ? [{ protocol: parseProtocol(protocol || "TCP") ?? TCP, port }] : [],
  );
  const backends = addresses.flatMap((address) => ports.map((port) => ({ address, ...port })));
  return { service: `${namespace}/${name}`, namespace, name, addresses, backends };
}

/** The service that the slices make together, in whatever order; undefined without any. */
export function joinSlices(slices: readonly ServiceSlice[]): Service | undefined {
  const [first] = slices;
  if (!first) return undefined;
  const addresses = slices.flatMap((slice) => slice.addresses);
  const backends = slices.flatMap((slice) => slice.backends);
  return {
    namespace: first.namespace,
    name: first.name,
    addresses: [...new Map(addresses.map((one) => [formatAddress(one), one])).values()].sort(
      compareAddresses,
    ),
    backends: [...new Map(backends.map((one) => [backendText(one), one])).values()].sort(
      (a, b) =>
        compareAddresses(a.address, b.address) || a.protocol - b.protocol || a.port - b.port,
    ),
  };
}

function backendText({ address, protocol, port }: Backend): string {
  return `${formatAddress(address)} ${protocol} ${port}`;
}

function endpointAddresses({ endpoints }: EndpointSliceResource): Address[] {
  return endpoints.flatMap(({ addresses }) =>
    addresses.flatMap((text) => {
      const address = parseAddress(text);
      return address ? [address] : [];
    }),
  );
}
