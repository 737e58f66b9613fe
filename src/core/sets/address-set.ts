/**
 * Sets of addresses as rules select them: many single addresses, some networks.
 *
 * Single addresses and networks are kept apart, because lookups differ: a hash for the first, a
 * search by prefix length for the second. The form is canonical: sorted, nothing twice, nothing
 * that a wider member covers.
 */
import {
  type Address,
  bitsOf,
  comparePrefixes,
  covers,
  type Family,
  formatAddress,
  formatPrefix,
  isHostPrefix,
  type Prefix,
  prefixOf,
} from "../net/address.ts";
import type { Addresses } from "./addresses.ts";

/** An immutable set of addresses of both families. */
export class AddressSet implements Addresses {
  static readonly none = AddressSet.of([]);

  readonly hosts: readonly Address[];
  readonly nets: readonly Prefix[];
  readonly #hosts: ReadonlySet<string>;
  /** Network texts, looked up by masking to each length in use. */
  readonly #nets: ReadonlySet<string>;
  readonly #lengths: Readonly<Record<Family, readonly number[]>>;

  private constructor(prefixes: readonly Prefix[]) {
    this.nets = prefixes.filter((member) => !isHostPrefix(member));
    this.hosts = prefixes.filter(isHostPrefix).map((member) => member.address);
    this.#hosts = new Set(this.hosts.map(formatAddress));
    this.#nets = new Set(this.nets.map(formatPrefix));
    this.#lengths = { 4: lengthsOf(this.nets, 4), 6: lengthsOf(this.nets, 6) };
  }

  /** The set of all addresses in any of `prefixes`. */
  static of(prefixes: Iterable<Prefix>): AddressSet {
    const kept: Prefix[] = [];
    for (const candidate of [...prefixes].sort(comparePrefixes)) {
      const last = kept.at(-1);
      if (!last || !covers(last, candidate)) kept.push(candidate);
    }
    return new AddressSet(kept);
  }

  has(found: Address): boolean {
    if (this.#hosts.size > 0 && this.#hosts.has(formatAddress(found))) return true;
    return this.#lengths[found.family].some((length) =>
      this.#nets.has(formatPrefix(prefixOf(found, length))),
    );
  }

  get isEmpty(): boolean {
    return this.hosts.length === 0 && this.nets.length === 0;
  }

  toString(): string {
    const hosts = this.hosts.map((host) => `${formatAddress(host)}/${bitsOf(host.family)}`);
    return [...hosts, ...this.nets.map(formatPrefix)].join(",");
  }
}

function lengthsOf(nets: readonly Prefix[], family: Family): number[] {
  const lengths = nets.filter((net) => net.address.family === family).map((net) => net.length);
  return [...new Set(lengths)].sort((a, b) => b - a);
}
