/**
 * Prefixes as small numbers, so that a million members of sets are numbers in maps. A number means
 * its prefix while anyone retains it.
 */
import { type Address, bitsOf, formatPrefix, type Prefix } from "../net/address.ts";

/** The lengths of IPv4 prefixes. */
const LENGTHS = 33;

/** Counts who retains a prefix, and gives its number to another when nobody does any more. */
export class PrefixTable {
  /** IPv4 by length, then by the address as a signed number. */
  readonly #ofLength: (Map<number, number> | undefined)[] = new Array(LENGTHS).fill(undefined);
  /** IPv6 by canonical text. */
  readonly #texts = new Map<string, number>();
  /** The IPv4 address, or 0. */
  #words = new Int32Array(256);
  /** The IPv4 length; -1 for an IPv6 prefix. */
  #lengths = new Int8Array(256);
  #references = new Uint32Array(256);
  readonly #wide = new Map<number, Prefix>();
  readonly #free: number[] = [];
  #next = 0;

  /** The number of `prefix`, which is retained once more. */
  retain(prefix: Prefix): number {
    const known = this.find(prefix.address, prefix.length);
    const id = known ?? this.#add(prefix);
    this.#references[id] = (this.#references[id] ?? 0) + 1;
    return id;
  }

  retainAgain(id: number): void {
    this.#references[id] = (this.#references[id] ?? 0) + 1;
  }

  release(id: number): void {
    const left = (this.#references[id] ?? 0) - 1;
    this.#references[id] = left;
    if (left > 0) return;
    const length = this.#lengths[id] ?? 0;
    if (length < 0) {
      const prefix = this.#wide.get(id);
      if (prefix) this.#texts.delete(formatPrefix(prefix));
      this.#wide.delete(id);
    } else {
      const ofLength = this.#ofLength[length];
      ofLength?.delete(this.#words[id] ?? 0);
      if (ofLength?.size === 0) this.#ofLength[length] = undefined;
    }
    this.#free.push(id);
  }

  /** The number of the prefix of `length` that begins at `first`; undefined when nobody retains it. */
  find(first: Address, length: number): number | undefined {
    if (first.family === 4) return this.#ofLength[length]?.get((first.words[0] ?? 0) | 0);
    return this.#texts.size === 0
      ? undefined
      : this.#texts.get(formatPrefix({ address: first, length }));
  }

  prefixOf(id: number): Prefix {
    const length = this.#lengths[id] ?? 0;
    if (length >= 0) {
      return { address: { family: 4, words: [(this.#words[id] ?? 0) >>> 0] }, length };
    }
    const wide = this.#wide.get(id);
    if (!wide) throw new Error(`nobody retains prefix ${id}`);
    return wide;
  }

  isHost(id: number): boolean {
    const length = this.#lengths[id] ?? 0;
    return length >= 0 ? length === bitsOf(4) : this.#wide.get(id)?.length === bitsOf(6);
  }

  /** How many prefixes are retained. */
  get size(): number {
    return this.#next - this.#free.length;
  }

  #add({ address, length }: Prefix): number {
    const id = this.#free.pop() ?? this.#next++;
    if (id >= this.#words.length) this.#grow();
    this.#references[id] = 0;
    if (address.family === 4) {
      const word = (address.words[0] ?? 0) | 0;
      this.#words[id] = word;
      this.#lengths[id] = length;
      const ofLength = this.#ofLength[length] ?? new Map<number, number>();
      this.#ofLength[length] = ofLength;
      ofLength.set(word, id);
    } else {
      this.#words[id] = 0;
      this.#lengths[id] = -1;
      this.#wide.set(id, { address, length });
      this.#texts.set(formatPrefix({ address, length }), id);
    }
    return id;
  }

  #grow(): void {
    const size = this.#words.length * 2;
    const words = new Int32Array(size);
    words.set(this.#words);
    this.#words = words;
    const lengths = new Int8Array(size);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    const references = new Uint32Array(size);
    references.set(this.#references);
    this.#references = references;
  }
}
