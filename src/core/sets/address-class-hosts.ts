/**
 * Single addresses of one family by number, in order, in a few words of memory each. A number means
 * its address until that is deleted.
 */
import { type Address, bitsOf, contains, type Family, type Prefix } from "../net/address.ts";
import { bitAt, commonBits } from "./prefix-tree-bits.ts";

/** Of a branch: the place of the bit that it tells apart, then where that is 0 and where it is 1. */
const BRANCH = 3;
const FIRST_SIZE = 64;

/**
 * A binary tree over the bits in which addresses differ. A reference is a branch (above 0), an
 * address (below 0, its number negative), or nothing (0).
 */
export class HostTree {
  readonly #family: Family;
  readonly #width: number;
  #root = 0;
  #size = 0;
  /** By number; of one that is free, the next that is. */
  #words = new Uint32Array(0);
  #firstFree = 0;
  #next = 1;
  #branches = new Int32Array(0);
  #firstFreeBranch = 0;
  #nextBranch = 1;

  constructor(family: Family) {
    this.#family = family;
    this.#width = bitsOf(family) / 32;
  }

  get size(): number {
    return this.#size;
  }

  /** Above every number in use. */
  get bound(): number {
    return this.#next;
  }

  /** The number of an address; 0 when it is not here. */
  find({ words }: Address): number {
    const host = this.#nearest(words);
    return host > 0 && this.#common(host, words) === bitsOf(this.#family) ? host : 0;
  }

  /** The number of an address, which is added where it is not here. */
  obtain({ words }: Address): number {
    const nearest = this.#nearest(words);
    if (nearest === 0) {
      const host = this.#newHost(words);
      this.#root = -host;
      return host;
    }
    const common = this.#common(nearest, words);
    if (common === bitsOf(this.#family)) return nearest;
    const host = this.#newHost(words);
    let at = 0;
    let ref = this.#root;
    while (ref > 0 && this.#bit(ref) < common) {
      at = ref * BRANCH + 1 + bitAt(words, this.#bit(ref));
      ref = this.#branches[at] ?? 0;
    }
    const branch = this.#newBranch();
    const side = bitAt(words, common);
    this.#branches[branch * BRANCH] = common;
    this.#branches[branch * BRANCH + 1 + side] = -host;
    this.#branches[branch * BRANCH + 2 - side] = ref;
    this.#point(at, branch);
    return host;
  }

  /** Its number may mean another address from now on. */
  delete(host: number): void {
    const words = this.#words.subarray(host * this.#width, (host + 1) * this.#width);
    let atBranch = 0;
    let at = 0;
    let ref = this.#root;
    while (ref > 0) {
      atBranch = at;
      at = ref * BRANCH + 1 + bitAt(words, this.#bit(ref));
      ref = this.#branches[at] ?? 0;
    }
    if (ref !== -host) throw new Error(`there is no address ${host}`);
    if (at === 0) this.#root = 0;
    else {
      const branch = Math.floor(at / BRANCH);
      const other = branch * BRANCH + (at === branch * BRANCH + 1 ? 2 : 1);
      this.#point(atBranch, this.#branches[other] ?? 0);
      this.#branches[branch * BRANCH] = this.#firstFreeBranch;
      this.#firstFreeBranch = branch;
    }
    this.#words[host * this.#width] = this.#firstFree;
    this.#firstFree = host;
    this.#size--;
    if (this.#size === 0) this.#clear();
  }

  address(host: number): Address {
    const words: number[] = [];
    for (let i = 0; i < this.#width; i++) words.push(this.#words[host * this.#width + i] ?? 0);
    return { family: this.#family, words };
  }

  /** The numbers of the addresses in `net`, ascending by address; of all without it. */
  *inside(net?: Prefix): Generator<number> {
    let ref = this.#root;
    while (net && ref > 0 && this.#bit(ref) < net.length) {
      ref = this.#branches[ref * BRANCH + 1 + bitAt(net.address.words, this.#bit(ref))] ?? 0;
    }
    if (ref === 0 || (net && !contains(net, this.address(this.#lowest(ref))))) return;
    const waiting = [ref];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      let at = next;
      while (at > 0) {
        waiting.push(this.#branches[at * BRANCH + 2] ?? 0);
        at = this.#branches[at * BRANCH + 1] ?? 0;
      }
      yield -at;
    }
  }

  /** Any address that shares with `words` as many leading bits as one here does; 0 when none is here. */
  #nearest(words: readonly number[]): number {
    const branches = this.#branches;
    let ref = this.#root;
    while (ref > 0) {
      const at = ref * BRANCH;
      ref = branches[at + 1 + bitAt(words, branches[at] ?? 0)] ?? 0;
    }
    return -ref;
  }

  #lowest(ref: number): number {
    let at = ref;
    while (at > 0) at = this.#branches[at * BRANCH + 1] ?? 0;
    return -at;
  }

  #common(host: number, words: readonly number[]): number {
    if (this.#width === 1) {
      return Math.clz32((this.#words[host] ?? 0) ^ (words[0] ?? 0));
    }
    const at = host * this.#width;
    return commonBits(this.#words.subarray(at, at + this.#width), words, bitsOf(this.#family));
  }

  #bit(branch: number): number {
    return this.#branches[branch * BRANCH] ?? 0;
  }

  /** Lets the place `at` refer to `ref`; 0 is the root's. */
  #point(at: number, ref: number): void {
    if (at === 0) this.#root = ref;
    else this.#branches[at] = ref;
  }

  #newHost(words: readonly number[]): number {
    const host = this.#firstFree || this.#next++;
    if (host === this.#firstFree) this.#firstFree = this.#words[host * this.#width] ?? 0;
    const at = host * this.#width;
    if (at + this.#width > this.#words.length) {
      const more = new Uint32Array(grown(this.#words.length, FIRST_SIZE * this.#width));
      more.set(this.#words);
      this.#words = more;
    }
    for (let i = 0; i < this.#width; i++) this.#words[at + i] = words[i] ?? 0;
    this.#size++;
    return host;
  }

  #newBranch(): number {
    const branch = this.#firstFreeBranch || this.#nextBranch++;
    if (branch === this.#firstFreeBranch) {
      this.#firstFreeBranch = this.#branches[branch * BRANCH] ?? 0;
    }
    if ((branch + 1) * BRANCH > this.#branches.length) {
      const more = new Int32Array(grown(this.#branches.length, FIRST_SIZE * BRANCH));
      more.set(this.#branches);
      this.#branches = more;
    }
    return branch;
  }

  #clear(): void {
    this.#root = 0;
    this.#words = new Uint32Array(0);
    this.#branches = new Int32Array(0);
    this.#firstFree = 0;
    this.#next = 1;
    this.#firstFreeBranch = 0;
    this.#nextBranch = 1;
  }
}

/** The next size of an array that is full, a multiple of what `least` is one of. */
export function grown(size: number, least: number): number {
  return size === 0 ? least : size + Math.ceil(size / 2 / least) * least;
}
