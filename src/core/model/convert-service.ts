/** Services by their backends, as EndpointSlices list them (k8s-conversion.md §7). */
import { type Address, compareAddresses, formatAddress, parseAddress } from "../net/address.ts";
import { parseProtocol, TCP } from "../net/protocol.ts";
import { type EndpointSliceResource, SERVICE_NAME_LABEL } from "../resources/endpoint-slice.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Backend, Service } from "./service.ts";

/**
 * The services that the slices belong to, by namespace and name. Every endpoint counts, ready or
 * not; names in the place of addresses, and ports without a number, do not.
 */
export function servicesOf(slices: readonly EndpointSliceResource[]): Service[] {
  const owned = slices.flatMap((slice) => {
    const { namespace = "default", labels = {} } = slice.metadata;
    const name = Object.hasOwn(labels, SERVICE_NAME_LABEL) ? labels[SERVICE_NAME_LABEL] : "";
    return name ? [{ namespace, name, slice }] : [];
  });
  const groups = Map.groupBy(owned, ({ namespace, name }) => `${namespace}/${name}`);
  return [...groups]
    .sort(([a], [b]) => compareBytes(a, b))
    .flatMap(([, [first, ...more]]) => {
      if (!first) return [];
      const { namespace, name } = first;
      const all = [first, ...more].map(({ slice }) => slice);
      return [{ namespace, name, addresses: addressesOf(all), backends: backendsOf(all) }];
    });
}

function addressesOf(slices: readonly EndpointSliceResource[]): Address[] {
  const listed = slices.flatMap(endpointAddresses);
  const distinct = new Map(listed.map((one) => [formatAddress(one), one]));
  return [...distinct.values()].sort(compareAddresses);
}

function backendsOf(slices: readonly EndpointSliceResource[]): Backend[] {
  const listed = slices.flatMap((slice) =>
    endpointAddresses(slice).flatMap((address) =>
      (slice.ports ?? []).flatMap(({ protocol, port }): Backend[] =>
        port ? [{ address, protocol: parseProtocol(protocol || "TCP") ?? TCP, port }] : [],
      ),
    ),
  );
  const keyOf = ({ address, protocol, port }: Backend) =>
    `${formatAddress(address)} ${protocol} ${port}`;
  return [...new Map(listed.map((one) => [keyOf(one), one])).values()].sort(
    (a, b) => compareAddresses(a.address, b.address) || a.protocol - b.protocol || a.port - b.port,
  );
}

function endpointAddresses({ endpoints }: EndpointSliceResource): Address[] {
  return endpoints.flatMap(({ addresses }) =>
    addresses.flatMap((text) => {
      const address = parseAddress(text);
      return address ? [address] : [];
    }),
  );
}
