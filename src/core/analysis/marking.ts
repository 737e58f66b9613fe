/** What each term says of each address and range, written down one term after another. */
import {
  type Address,
  compareAddresses,
  type Family,
  formatAddress,
  lastAddress,
} from "../net/address.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { Cuts } from "./outside.ts";
import type { Term } from "./terms.ts";

/** What all terms say of an address or range: numbers of answers, ascending. */
type Marks = number[];

/** What a mark says: equal answers of a term are equal numbers. */
export interface Meaning {
  readonly term: Term;
  readonly answer: number;
}

/** Writes the answers of terms at the addresses and ranges that they are about. */
export class Marking {
  readonly inside: readonly Marks[];
  readonly outside: readonly Marks[];
  readonly #own: readonly Address[];
  readonly #cuts: Cuts;
  readonly #places: ReadonlyMap<string, Marks>;
  readonly #meanings: Meaning[] = [];

  constructor(own: readonly Address[], cuts: Cuts) {
    this.#own = own;
    this.#cuts = cuts;
    this.inside = own.map(() => []);
    this.outside = cuts.ranges.map(() => []);
    const places = new Map<string, Marks>();
    for (const [i, { first }] of cuts.ranges.entries()) {
      places.set(formatAddress(first), this.outside[i] ?? []);
    }
    for (const [i, one] of own.entries()) places.set(formatAddress(one), this.inside[i] ?? []);
    this.#places = places;
  }

  meaning(mark: number): Meaning {
    const found = this.#meanings[mark];
    if (!found) throw new Error(`mark ${mark} was never made`);
    return found;
  }

  mark(term: Term, family: Family): void {
    if ("hosts" in term) this.#markSet(term, family);
    else this.#markNamed(term);
  }

  #markSet(set: Addresses, family: Family): void {
    const mark = this.#make(set, 1);
    for (const host of set.hosts) {
      if (host.family === family) this.#places.get(formatAddress(host))?.push(mark);
    }
    for (const net of set.nets) {
      if (net.address.family !== family) continue;
      for (let i = this.#lowerBound(net.address); i < this.#own.length; i++) {
        const one = this.#own[i];
        if (!one || compareAddresses(one, lastAddress(net)) > 0) break;
        this.inside[i]?.push(mark);
      }
      const [first, end] = this.#cuts.within(net);
      for (let i = first; i < end; i++) this.outside[i]?.push(mark);
    }
  }

  /** Addresses that serve the same ports under a name get the same answer. */
  #markNamed(term: Exclude<Term, Addresses>): void {
    const marks = new Map<string, number>();
    for (const [text, served] of term.members) {
      const place = this.#places.get(text);
      if (!place) continue;
      const key = served.map(({ protocol, port }) => `${protocol}/${port}`).join();
      const mark = marks.get(key) ?? this.#make(term, marks.size + 1);
      marks.set(key, mark);
      place.push(mark);
    }
  }

  #make(term: Term, answer: number): number {
    return this.#meanings.push({ term, answer }) - 1;
  }

  #lowerBound(wanted: Address): number {
    let low = 0;
    let high = this.#own.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const one = this.#own[middle];
      if (one && compareAddresses(one, wanted) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
