/** The sets that come of one service: its backends' addresses, and where these are reached. */
import { LiveAddressSet } from "../calc/live-address-set.ts";
import type { PrefixTable } from "../calc/prefix-table.ts";
import type { Service } from "../model/service.ts";
import { formatAddress, hostPrefix } from "../net/address.ts";
import type { PortSet } from "../sets/port-set.ts";
import type { Held, HeldSets, LiveSet } from "./held-sets.ts";
import { LivePortSet } from "./live-port-set.ts";
import { restrict } from "./port-criterion.ts";

type AddressesHeld = Held<Extract<LiveSet, { readonly addresses: LiveAddressSet }>>;
export type PortsHeld = Held<Extract<LiveSet, { readonly kind: "ports" }>>;

/** Some of the ports: those of these numbers, and those that these sets lead to. */
export interface Within {
  readonly ports: PortSet;
  readonly named: readonly PortsHeld[];
}

/** A set of ports that is made of others. */
interface Derived {
  readonly held: PortsHeld;
  readonly within: Within;
  /** The versions of what it was made of last. */
  madeOf: string;
}

export class ServicePeers {
  readonly #key: string;
  readonly #table: PrefixTable;
  readonly #sets: HeldSets;
  readonly #whenUnused: () => void;
  readonly #derived = new Map<string, Derived>();
  #service: Service | undefined;
  #addresses: AddressesHeld | undefined;
  /** Undefined while nobody asks for ports: most services are named by no rule. */
  #ports: LivePortSet | undefined;
  #held: PortsHeld | undefined;

  /** `whenUnused` is called when nothing is known of the service and none of its sets is held. */
  constructor(key: string, table: PrefixTable, sets: HeldSets, whenUnused: () => void) {
    this.#key = key;
    this.#table = table;
    this.#sets = sets;
    this.#whenUnused = whenUnused;
  }

  /** The service as it is now; undefined when it is gone. */
  set(service: Service | undefined): void {
    const before = this.#service;
    this.#service = service;
    if (this.#ports) {
      serve(this.#ports, service, "add");
      serve(this.#ports, before, "remove");
    }
    if (this.#held) this.#sets.touch(this.#held);
    if (this.#addresses) {
      this.#count(this.#addresses.set.addresses, service, "add");
      this.#count(this.#addresses.set.addresses, before, "remove");
      this.#sets.touch(this.#addresses);
    }
    this.#forget();
  }

  addresses(): AddressesHeld {
    if (this.#addresses) return this.#addresses;
    const addresses = new LiveAddressSet(this.#table);
    const set = { kind: "addresses", id: `backends of ${this.#key}`, addresses } as const;
    this.#addresses = this.#sets.add(set, () => {
      addresses.close();
      this.#addresses = undefined;
      this.#forget();
    });
    this.#count(addresses, this.#service, "add");
    return this.#addresses;
  }

  ports(): PortsHeld {
    if (this.#held) return this.#held;
    const ports = this.#allPorts();
    this.#held = this.#sets.add({ kind: "ports", id: ports.id, ports }, () => {
      ports.dropChanges();
      this.#held = undefined;
      this.#forget();
    });
    return this.#held;
  }

  /** The ports that satisfy `within`, whose sets are inner ones and held as long as this one. */
  portsWithin(within: Within): PortsHeld {
    const { id, members } = this.#restricted(within);
    const known = this.#derived.get(id);
    if (known) return known.held;
    const ports = new LivePortSet(id);
    for (const [address, served] of members) ports.put(address, served);
    const held = this.#sets.add({ kind: "ports", id, ports } as const, () => {
      this.#derived.delete(id);
      for (const inner of within.named) this.#sets.release(inner);
      this.#forget();
    });
    for (const inner of within.named) this.#sets.retain(inner);
    this.#derived.set(id, { held, within, madeOf: this.#versionsOf(within) });
    return held;
  }

  /** Whether any of its sets is made of others. */
  get derives(): boolean {
    return this.#derived.size > 0;
  }

  /** Brings those sets up to date that are made of others. */
  derive(): void {
    for (const derived of this.#derived.values()) {
      const versions = this.#versionsOf(derived.within);
      if (versions === derived.madeOf) continue;
      derived.madeOf = versions;
      const { ports } = derived.held.set;
      const { members } = this.#restricted(derived.within);
      for (const address of [...ports.members.keys()])
        ports.put(address, members.get(address) ?? []);
      for (const [address, served] of members) ports.put(address, served);
      this.#sets.touch(derived.held);
    }
  }

  #restricted({ ports, named }: Within) {
    return restrict(this.#allPorts(), { ports, named: named.map(({ set }) => set.ports) });
  }

  #versionsOf({ named }: Within): string {
    return [this.#allPorts(), ...named.map(({ set }) => set.ports)]
      .map((one) => one.version)
      .join();
  }

  #count(to: LiveAddressSet, service: Service | undefined, how: "add" | "remove"): void {
    for (const address of service?.addresses ?? []) {
      const prefix = this.#table.retain(hostPrefix(address));
      to[how](prefix);
      this.#table.release(prefix);
    }
  }

  #allPorts(): LivePortSet {
    if (this.#ports) return this.#ports;
    this.#ports = new LivePortSet(`service ${this.#key}`);
    serve(this.#ports, this.#service, "add");
    return this.#ports;
  }

  #forget(): void {
    if (!this.#held && this.#derived.size === 0) this.#ports = undefined;
    if (this.#service || this.#addresses || this.#held || this.#derived.size > 0) return;
    this.#whenUnused();
  }
}

function serve(ports: LivePortSet, service: Service | undefined, how: "add" | "remove"): void {
  for (const backend of service?.backends ?? []) {
    ports[how](formatAddress(backend.address), backend);
  }
}
