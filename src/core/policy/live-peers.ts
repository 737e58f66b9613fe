/** The sets that rules name, kept up to date while endpoints, network sets and services change. */
import type { Item } from "../calc/labelled.ts";
import { LiveLabelIndex } from "../calc/live-label-index.ts";
import { once } from "../calc/once.ts";
import { PrefixTable } from "../calc/prefix-table.ts";
import { each, hasOne, type Some, withOne } from "../calc/some.ts";
import type { EndpointPort } from "../model/endpoint.ts";
import type { ServiceName } from "../model/policy.ts";
import type { Service } from "../model/service.ts";
import type { Prefix } from "../net/address.ts";
import { format, type Labels, type Selector } from "../selector/selector.ts";
import { AddressSet } from "../sets/address-set.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { PolicyChanges } from "./changes.ts";
import { type Held, HeldSets, type LiveSet } from "./held-sets.ts";
import { kept } from "./kept.ts";
import { type NameQuery, type PeerSource, type PortQuery, serviceId } from "./peer-source.ts";
import type { NamedPortSet } from "./policy.ts";
import { type Peer, prefixesOf, SelectedPeers } from "./selected-peers.ts";
import { ServicePeers } from "./service-peers.ts";

/** An endpoint or a network set as rules name it. */
export interface PeerFacts {
  /** Its own. */
  readonly labels: Labels;
  /** Whose labels it inherits, in order of precedence. */
  readonly profiles: readonly string[];
  readonly prefixes: readonly Prefix[];
  readonly ports: readonly EndpointPort[];
}

/** What rules may name is of one of these parts, and has a key there. */
type PeerPart = "workload" | "hostEndpoint" | "networkSet";

type AddressesHeld = Held<Extract<LiveSet, { readonly kind: "addresses" }>>;
const NONE: readonly never[] = [];

export class LivePeers {
  readonly #table = new PrefixTable();
  readonly #index = new LiveLabelIndex<Peer>();
  readonly #peers: Readonly<Record<PeerPart, Map<string, Item<Peer>>>> = {
    workload: new Map(),
    hostEndpoint: new Map(),
    networkSet: new Map(),
  };
  readonly #selected = new Map<string, SelectedPeers>();
  readonly #nets = new Map<string, AddressesHeld>();
  readonly #services = new Map<string, ServicePeers>();
  /** Those of which some set is made of others. */
  readonly #deriving = new Set<ServicePeers>();
  readonly #sets = new HeldSets();

  /** One object as it is now; undefined when it is gone. */
  setPeer(part: PeerPart, key: string, facts: PeerFacts | undefined): void {
    const peers = this.#peers[part];
    const item = peers.get(key);
    if (!facts) {
      if (item) this.#remove(item);
      peers.delete(key);
      return;
    }
    const { labels, profiles, ports } = facts;
    const peer = {
      prefixes: this.#retained(facts.prefixes),
      ports: ports.length > 0 ? ports : NONE,
    };
    if (item && areAlike(item.value, peer)) {
      this.#release(peer);
      this.#index.relabel(item, labels, profiles);
      return;
    }
    if (item) this.#remove(item);
    peers.set(key, this.#index.add(peer, labels, profiles));
  }

  setProfile(name: string, labels: Labels | undefined): void {
    this.#index.setProfile(name, labels);
  }

  /** The labels that a profile hands on. */
  labelsOf(profile: string): Labels {
    return this.#index.labelsOf(profile);
  }

  /** `key` is `namespace/name`. */
  setService(key: string, service: Service | undefined): void {
    this.service(key).set(service);
  }

  /** Names sets for whoever holds the lease, until it is released. */
  lease(): PeerLease {
    return new PeerLease(this, this.#sets);
  }

  flush(): Pick<PolicyChanges, "newSets" | "changedSets" | "goneSets"> {
    for (const service of this.#deriving) service.derive();
    const changes = this.#sets.flush();
    for (const service of this.#deriving) if (!service.derives) this.#deriving.delete(service);
    return changes;
  }

  get holdings(): Readonly<Record<string, number>> {
    return {
      ...this.#index.holdings,
      prefixes: this.#table.size,
      selectors: this.#selected.size,
      nets: this.#nets.size,
      services: this.#services.size,
      derivingServices: this.#deriving.size,
    };
  }

  selected(selector: Selector): SelectedPeers {
    return once(this.#selected, format(selector), (id) => {
      const peers: SelectedPeers = new SelectedPeers(
        id,
        this.#table,
        this.#sets,
        () => this.#index.select(selector),
        () => {
          this.#index.unwatch(watch);
          this.#selected.delete(id);
        },
      );
      const watch = this.#index.watch(selector, peers);
      return peers;
    });
  }

  nets(nets: readonly Prefix[]): AddressesHeld {
    const addresses = AddressSet.of(nets);
    return once(this.#nets, addresses.toString(), (id) =>
      this.#sets.add({ kind: "addresses", id: `nets ${id}`, addresses }, () =>
        this.#nets.delete(id),
      ),
    );
  }

  service(key: string): ServicePeers {
    const whenUnused = () => this.#services.delete(key);
    return once(
      this.#services,
      key,
      () => new ServicePeers(key, this.#table, this.#sets, whenUnused),
    );
  }

  /** Sets of the service are to be made of others before they are told. */
  willDerive(service: ServicePeers): void {
    this.#deriving.add(service);
  }

  #remove(item: Item<Peer>): void {
    this.#index.remove(item);
    this.#release(item.value);
  }

  #retained(prefixes: readonly Prefix[]): Peer["prefixes"] {
    const [only, ...more] = prefixes;
    if (only && more.length === 0) return this.#table.retain(only);
    return kept(prefixes.map((prefix) => this.#table.retain(prefix)));
  }

  #release(peer: Peer): void {
    for (const prefix of prefixesOf(peer)) this.#table.release(prefix);
  }
}

/** Holds each set that was asked for, until it is released. */
export class PeerLease implements PeerSource {
  readonly #peers: LivePeers;
  readonly #sets: HeldSets;
  #held: Some<Held>;

  constructor(peers: LivePeers, sets: HeldSets) {
    this.#peers = peers;
    this.#sets = sets;
  }

  addressesOf(selector: Selector): Addresses {
    return this.#hold(this.#peers.selected(selector).addresses()).set.addresses;
  }

  addressesIn(nets: readonly Prefix[]): Addresses {
    return this.#hold(this.#peers.nets(nets)).set.addresses;
  }

  backendsOf(name: ServiceName): Addresses {
    return this.#hold(this.#peers.service(serviceId(name)).addresses()).set.addresses;
  }

  servicePorts(name: ServiceName, within?: PortQuery): NamedPortSet {
    const service = this.#peers.service(serviceId(name));
    if (!within) return this.#hold(service.ports()).set.ports;
    const inner = within.names.map((query) =>
      this.#peers.selected(query.selector).ports(query, "inner"),
    );
    this.#peers.willDerive(service);
    return this.#hold(service.portsWithin({ ports: within.ports, named: inner })).set.ports;
  }

  namedPorts(query: NameQuery): NamedPortSet {
    return this.#hold(this.#peers.selected(query.selector).ports(query, "named")).set.ports;
  }

  release(): void {
    for (const held of each(this.#held)) this.#sets.release(held);
    this.#held = undefined;
  }

  #hold<H extends Held>(held: H): H {
    if (!hasOne<Held>(this.#held, held)) {
      this.#held = withOne<Held>(this.#held, held);
      this.#sets.retain(held);
    }
    return held;
  }
}

function areAlike(a: Peer, b: Peer): boolean {
  return (
    areEqual(prefixesOf(a), prefixesOf(b)) &&
    a.ports.length === b.ports.length &&
    a.ports.every((port, i) => isSamePort(port, b.ports[i]))
  );
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((prefix, i) => prefix === b[i]);
}

function isSamePort(a: EndpointPort, b: EndpointPort | undefined): boolean {
  return a.name === b?.name && a.protocol === b.protocol && a.port === b.port;
}
