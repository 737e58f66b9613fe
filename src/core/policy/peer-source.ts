/** What compiling rules asks of whoever knows endpoints, network sets and services. */
import type { ServiceName } from "../model/policy.ts";
import type { Prefix } from "../net/address.ts";
import { formatProtocol } from "../net/protocol.ts";
import { format, type Selector } from "../selector/selector.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { PortSet } from "../sets/port-set.ts";
import type { NamedPortSet } from "./policy.ts";

/** Whom rules mean, as sets (evaluation.md §6). The same question gives the same object. */
export interface PeerSource {
  /** The addresses of what `selector` selects: one object for one canonical selector. */
  addressesOf(selector: Selector): Addresses;
  /** The addresses inside any of `nets`: one object for one meaning. */
  addressesIn(nets: readonly Prefix[]): Addresses;
  /** The addresses of a service's backends; none of a service that nothing is known of. */
  backendsOf(name: ServiceName): Addresses;
  /** Where the backends of a service are reached; of these ports those that satisfy `within`. */
  servicePorts(name: ServiceName, within?: PortQuery): NamedPortSet;
  /**
   * Where the port of that name leads on the endpoints that the selector selects; only ports of the
   * protocol if one is given. Network sets have no ports.
   */
  namedPorts(query: NameQuery): NamedPortSet;
}

/** Ports by number, or by names that lead to them. */
export interface PortQuery {
  readonly ports: PortSet;
  readonly names: readonly NameQuery[];
}

/** What {@link PeerSource.namedPorts} is asked. */
export interface NameQuery {
  readonly selector: Selector;
  readonly name: string;
  readonly protocol: number | undefined;
}

/** `namespace/name`, the key of the service. */
export function serviceId({ namespace, name }: ServiceName): string {
  return `${namespace}/${name}`;
}

/** The canonical id of a port name's set. */
export function namedPortsId({ selector, name, protocol }: NameQuery): string {
  const wanted = protocol === undefined ? "any" : formatProtocol(protocol);
  return `${name}/${wanted} of ${format(selector)}`;
}
