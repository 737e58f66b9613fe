/**
 * Sets of addresses as rules select them: many single addresses, some networks.
 *
 * The form is canonical: sorted, nothing twice, nothing that a wider member covers. So at most one
 * member can hold an address, and halving finds it: tens of nanoseconds, and no table to be made.
 */
import {
  type Address,
  bitsOf,
  compareAddresses,
  comparePrefixes,
  contains,
  covers,
  formatAddress,
  formatPrefix,
  isHostPrefix,
  type Prefix,
} from "../net/address.ts";
import type { Addresses } from "./addresses.ts";

/** An immutable set of addresses of both families. */
export class AddressSet implements Addresses {
  static readonly none = AddressSet.of([]);

  readonly hosts: readonly Address[];
  readonly nets: readonly Prefix[];

  /** The first and the last address of each IPv4 member, ascending. */
  readonly #spans: Uint32Array;
  readonly #members6: readonly Prefix[];

  private constructor(prefixes: readonly Prefix[]) {
    this.nets = prefixes.filter((member) => !isHostPrefix(member));
    this.hosts = prefixes.filter(isHostPrefix).map((member) => member.address);
    this.#members6 = prefixes.filter((member) => member.address.family === 6);
    this.#spans = spansOf(prefixes.slice(0, prefixes.length - this.#members6.length));
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
    return found.family === 4 ? this.#has4(found.words[0] ?? 0) : this.#has6(found);
  }

  get isEmpty(): boolean {
    return this.hosts.length === 0 && this.nets.length === 0;
  }

  toString(): string {
    const hosts = this.hosts.map((host) => `${formatAddress(host)}/${bitsOf(host.family)}`);
    return [...hosts, ...this.nets.map(formatPrefix)].join(",");
  }

  #has4(word: number): boolean {
    const spans = this.#spans;
    let low = 0;
    let high = spans.length >>> 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((spans[2 * middle] ?? 0) <= word) low = middle + 1;
      else high = middle;
    }
    return low > 0 && word <= (spans[2 * low - 1] ?? 0);
  }

  #has6(found: Address): boolean {
    const members = this.#members6;
    let low = 0;
    let high = members.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const member = members[middle];
      if (member && compareAddresses(member.address, found) <= 0) low = middle + 1;
      else high = middle;
    }
    const last = members[low - 1];
    return last !== undefined && contains(last, found);
  }
}

function spansOf(members: readonly Prefix[]): Uint32Array {
  const spans = new Uint32Array(2 * members.length);
  for (const [i, { address, length }] of members.entries()) {
    const first = address.words[0] ?? 0;
    spans[2 * i] = first;
    spans[2 * i + 1] = first + 2 ** (32 - length) - 1;
  }
  return spans;
}
