/** Which host endpoint governs which interface of its node (evaluation.md §9.1). */

import type { HostEndpoint, HostInterface } from "../model/endpoint.ts";
import { compareAddresses } from "../net/address.ts";
import { byName } from "../text/byte-order.ts";

/**
 * The one of a node's host endpoints that governs an interface that is not a workload's: one for
 * this interface by name or, having no name, by address; else the wildcard. Of several, the one
 * with the lowest name.
 */
export function governing(
  endpoints: readonly HostEndpoint[],
  netInterface: HostInterface,
): HostEndpoint | undefined {
  const specific = endpoints.filter((endpoint) => isFor(endpoint, netInterface));
  return lowest(specific) ?? wildcard(endpoints);
}

/** The host endpoint for every interface without one of its own, workloads' interfaces included. */
export function wildcard(endpoints: readonly HostEndpoint[]): HostEndpoint | undefined {
  return lowest(endpoints.filter((endpoint) => endpoint.interfaceName === "*"));
}

function isFor(endpoint: HostEndpoint, { name, addresses }: HostInterface): boolean {
  if (endpoint.interfaceName !== "") return endpoint.interfaceName === name;
  return endpoint.addresses.some((expected) =>
    addresses.some((address) => compareAddresses(expected, address) === 0),
  );
}

function lowest(endpoints: readonly HostEndpoint[]): HostEndpoint | undefined {
  return [...endpoints].sort(byName)[0];
}
