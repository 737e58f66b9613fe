/** The sets of addresses and named ports that rules name, each made once. */
import { LiveLabelIndex } from "../calc/live-label-index.ts";
import { once } from "../calc/once.ts";
import type { Endpoint, NetworkSet } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { ServiceName } from "../model/policy.ts";
import type { Service } from "../model/service.ts";
import { type Address, formatAddress, hostPrefix, type Prefix } from "../net/address.ts";
import { format, type Selector } from "../selector/selector.ts";
import { AddressSet } from "../sets/address-set.ts";
import {
  type NameQuery,
  namedPortsId,
  type PeerSource,
  type PortQuery,
  serviceId,
} from "./peer-source.ts";
import type { NamedPortSet, ServedPort } from "./policy.ts";
import { restrict } from "./port-criterion.ts";

type Peer = Endpoint | NetworkSet;

/** Resolves selectors against everything in a cluster that carries labels (evaluation.md §6). */
export class Peers implements PeerSource {
  readonly #index = new LiveLabelIndex<Peer>();
  readonly #selected = new Map<string, AddressSet>();
  readonly #nets = new Map<string, AddressSet>();
  readonly #namedPorts = new Map<string, NamedPortSet>();
  readonly #services: ReadonlyMap<string, Service>;

  constructor({ workloads, hostEndpoints, networkSets, services }: Model) {
    const peers: readonly Peer[] = [...workloads, ...hostEndpoints, ...networkSets];
    // Their labels are effective ones: what profiles hand on is among them.
    for (const peer of peers) this.#index.add(peer, peer.labels, []);
    this.#services = new Map(services.map((service) => [serviceId(service), service]));
  }

  addressesOf(selector: Selector): AddressSet {
    return once(this.#selected, format(selector), () =>
      AddressSet.of(this.#index.select(selector).flatMap(prefixesOf)),
    );
  }

  addressesIn(nets: readonly Prefix[]): AddressSet {
    const set = AddressSet.of(nets);
    return once(this.#nets, set.toString(), () => set);
  }

  backendsOf(name: ServiceName): AddressSet {
    return this.addressesIn(this.#services.get(serviceId(name))?.addresses.map(hostPrefix) ?? []);
  }

  servicePorts(name: ServiceName, within?: PortQuery): NamedPortSet {
    const id = `service ${serviceId(name)}`;
    const all = once(this.#namedPorts, id, () => {
      const members = new Map<string, ServedPort[]>();
      for (const backend of this.#services.get(serviceId(name))?.backends ?? []) {
        addPort(members, backend.address, backend);
      }
      return { id, members };
    });
    if (!within) return all;
    const named = within.names.map((query) => this.namedPorts(query));
    return restrict(all, { ports: within.ports, named });
  }

  namedPorts(query: NameQuery): NamedPortSet {
    const id = namedPortsId(query);
    return once(this.#namedPorts, id, () => {
      const { selector, name, protocol } = query;
      const members = new Map<string, ServedPort[]>();
      for (const peer of this.#index.select(selector)) {
        if (peer.kind === "NetworkSet") continue;
        for (const port of peer.ports) {
          if (port.name !== name || (protocol !== undefined && port.protocol !== protocol))
            continue;
          for (const address of peer.addresses) addPort(members, address, port);
        }
      }
      return { id, members };
    });
  }
}

function prefixesOf(peer: Peer): readonly Prefix[] {
  return peer.kind === "NetworkSet" ? peer.nets : peer.addresses.map(hostPrefix);
}

/** Keeps the ports of an address ascending and each once, whoever contributes them. */
function addPort(members: Map<string, ServedPort[]>, address: Address, added: ServedPort): void {
  const ports = once(members, formatAddress(address), () => []);
  if (ports.some((port) => comparePorts(port, added) === 0)) return;
  ports.push({ protocol: added.protocol, port: added.port });
  ports.sort(comparePorts);
}

function comparePorts(a: ServedPort, b: ServedPort): number {
  return a.protocol - b.protocol || a.port - b.port;
}
