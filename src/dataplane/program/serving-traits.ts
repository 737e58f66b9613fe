/** Where one port name leads, as traits: addresses that serve the same ports under it have one. */
import { address, hostPrefix } from "../../core/net/address.ts";
import type { NamedPortSet, ServedPort } from "../../core/policy/policy.ts";
import type { AddressClasses } from "../../core/sets/address-classes.ts";
import type { ServingTrait } from "./parts.ts";

interface Served extends ServingTrait {
  readonly key: string;
  addresses: number;
}

/** Iterates the traits that some address has. */
export class ServingTraits implements Iterable<ServingTrait> {
  readonly named: NamedPortSet;
  readonly #classes: AddressClasses;
  readonly #newTrait: () => number;
  /** By the ports served. */
  readonly #served = new Map<string, Served>();
  readonly #byAddress = new Map<string, Served>();

  constructor(named: NamedPortSet, classes: AddressClasses, newTrait: () => number) {
    this.named = named;
    this.#classes = classes;
    this.#newTrait = newTrait;
  }

  [Symbol.iterator](): Iterator<ServingTrait> {
    return this.#served.values();
  }

  /** Looks at these addresses, in canonical text, anew. */
  update(texts: Iterable<string>): void {
    for (const text of texts) {
      const before = this.#byAddress.get(text);
      const ports = this.named.members.get(text) ?? [];
      const now = ports.length === 0 ? undefined : this.#servedFor(ports);
      if (before === now) continue;
      const host = hostPrefix(address(text));
      if (before) {
        this.#classes.remove(before.trait, host);
        if (--before.addresses === 0) this.#served.delete(before.key);
      }
      if (now) {
        this.#classes.add(now.trait, host);
        now.addresses++;
        this.#byAddress.set(text, now);
      } else this.#byAddress.delete(text);
    }
  }

  drop(): void {
    for (const { trait } of this.#served.values()) this.#classes.drop(trait);
  }

  #servedFor(served: readonly ServedPort[]): Served {
    const key = served.map(({ protocol, port }) => `${protocol}/${port}`).join();
    const known = this.#served.get(key);
    if (known) return known;
    const made = { key, trait: this.#newTrait(), served, addresses: 0 };
    this.#served.set(key, made);
    return made;
  }
}
