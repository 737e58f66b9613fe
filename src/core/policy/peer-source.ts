import type { ServiceName } from "../model/policy.ts";
import type { Prefix } from "../net/address.ts";
import type { Selector } from "../selector/selector.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { NamedPortSet } from "./policy.ts";

/** Whom rules mean, as sets (evaluation.md §6). The same question gives the same object. */
export interface PeerSource {
  /** The addresses of what `selector` selects: one object for one canonical selector. */
  addressesOf(selector: Selector): Addresses;
  /** The addresses inside any of `nets`: one object for one meaning. */
  addressesIn(nets: readonly Prefix[]): Addresses;
  /** The addresses of a service's backends; none of a service that nothing is known of. */
  backendsOf(name: ServiceName): Addresses;
  /** Where the backends of a service are reached. */
  servicePorts(name: ServiceName): NamedPortSet;
  /**
   * Where the port `name` leads on the endpoints that `selector` selects; only ports of `protocol`
   * if that is given. Network sets have no ports.
   */
  namedPorts(selector: Selector, name: string, protocol: number | undefined): NamedPortSet;
}

export function serviceId({ namespace, name }: ServiceName): string {
  return `${namespace}/${name}`;
}

/** The canonical id of a port name's set. */
export function namedPortsId(selector: string, name: string, protocol: string | undefined): string {
  return `${name}/${protocol ?? "any"} of ${selector}`;
}
