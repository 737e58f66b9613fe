/** The sets that come of one selector: the addresses of what it selects, and where port names lead. */

import type { Watcher } from "../calc/labelled.ts";
import { LiveAddressSet } from "../calc/live-address-set.ts";
import type { PrefixTable } from "../calc/prefix-table.ts";
import type { EndpointPort } from "../model/endpoint.ts";
import { formatAddress } from "../net/address.ts";
import type { Held, HeldSets, LiveSet } from "./held-sets.ts";
import { LivePortSet } from "./live-port-set.ts";
import { type NameQuery, namedPortsId } from "./peer-source.ts";

/** What is kept of an endpoint or network set that rules may name, in as little space as may be. */
export interface Peer {
  /** Numbers of the table, which they are retained in; of most there is one. */
  readonly prefixes: number | readonly number[];
  readonly ports: readonly EndpointPort[];
}

/** The numbers of its prefixes in the table. */
export function prefixesOf({ prefixes }: Peer): readonly number[] {
  return typeof prefixes === "number" ? [prefixes] : prefixes;
}

type AddressesHeld = Held<Extract<LiveSet, { readonly addresses: LiveAddressSet }>>;

interface PortsHeld {
  readonly held: Held<Extract<LiveSet, { readonly kind: "ports" }>>;
  readonly name: string;
  readonly protocol: number | undefined;
}

/** A set is made when it is first asked for, and follows what is selected while it is held. */
export class SelectedPeers implements Watcher<Peer> {
  readonly #id: string;
  readonly #table: PrefixTable;
  readonly #sets: HeldSets;
  readonly #select: () => Iterable<Peer>;
  readonly #whenUnused: () => void;
  #addresses: AddressesHeld | undefined;
  #ports: Map<string, PortsHeld> | undefined;

  /** `select` finds what is selected now; `whenUnused` is called when none of its sets is held. */
  constructor(
    id: string,
    table: PrefixTable,
    sets: HeldSets,
    select: () => Iterable<Peer>,
    whenUnused: () => void,
  ) {
    this.#id = id;
    this.#table = table;
    this.#sets = sets;
    this.#select = select;
    this.#whenUnused = whenUnused;
  }

  start(peer: Peer): void {
    this.#count(peer, "add");
  }

  stop(peer: Peer): void {
    this.#count(peer, "remove");
  }

  /** The addresses of what is selected. */
  addresses(): AddressesHeld {
    if (this.#addresses) return this.#addresses;
    const addresses = new LiveAddressSet(this.#table);
    const set = { kind: "addresses", id: this.#id, addresses } as const;
    this.#addresses = this.#sets.add(set, () => {
      addresses.close();
      this.#addresses = undefined;
      this.#dropped();
    });
    for (const peer of this.#select()) {
      for (const prefix of prefixesOf(peer)) addresses.add(prefix);
    }
    return this.#addresses;
  }

  /** Where the port of that name leads; `inner` for another set to be made of it. */
  ports({ name, protocol, ...query }: NameQuery, inner: "inner" | "named"): PortsHeld["held"] {
    const id = namedPortsId({ name, protocol, ...query });
    const key = `${inner} ${id}`;
    const known = this.#ports?.get(key);
    if (known) return known.held;
    const set = { kind: "ports", id, ports: new LivePortSet(id) } as const;
    const drop = (): void => {
      this.#ports?.delete(key);
      if (this.#ports?.size === 0) this.#ports = undefined;
      this.#dropped();
    };
    const held = this.#sets.add(set, drop, inner === "inner");
    const named = { held, name, protocol };
    this.#ports ??= new Map();
    this.#ports.set(key, named);
    for (const peer of this.#select()) this.#serve(named, peer, "add");
    return held;
  }

  #count(peer: Peer, how: "add" | "remove"): void {
    const prefixes = prefixesOf(peer);
    if (this.#addresses && prefixes.length > 0) {
      for (const prefix of prefixes) this.#addresses.set.addresses[how](prefix);
      this.#sets.touch(this.#addresses);
    }
    if (this.#ports && peer.ports.length > 0) {
      for (const named of this.#ports.values()) this.#serve(named, peer, how);
    }
  }

  #serve({ held, name, protocol }: PortsHeld, peer: Peer, how: "add" | "remove"): void {
    for (const port of peer.ports) {
      if (port.name !== name || (protocol !== undefined && port.protocol !== protocol)) continue;
      for (const prefix of prefixesOf(peer)) {
        held.set.ports[how](formatAddress(this.#table.prefixOf(prefix).address), port);
      }
      this.#sets.touch(held);
    }
  }

  #dropped(): void {
    if (!this.#addresses && !this.#ports) this.#whenUnused();
  }
}
