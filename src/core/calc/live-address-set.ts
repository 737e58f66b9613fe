/** Addresses that a rule names, while the objects that have them come and go. */
import { type Address, bitsOf, type Family, type Prefix, prefixOf } from "../net/address.ts";
import { AddressSet } from "../sets/address-set.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { PrefixTable } from "./prefix-table.ts";

/** What came into a set and what left it. */
export interface MemberChange {
  readonly added: readonly Prefix[];
  readonly removed: readonly Prefix[];
}

/** A member counts as often as objects have it, and is in the set once. */
export class LiveAddressSet implements Addresses {
  readonly #table: PrefixTable;
  readonly #counts = new Map<number, number>();
  /** How many networks there are of each length, by `lengthKey`. */
  #netLengths: Map<number, number> | undefined;
  /** Of members that came or went since changes were last taken: whether they came. */
  #changes: Map<number, boolean> | undefined;
  #canonical: AddressSet | undefined;

  constructor(table: PrefixTable) {
    this.#table = table;
  }

  add(id: number): void {
    const count = this.#counts.get(id) ?? 0;
    this.#counts.set(id, count + 1);
    if (count > 0) return;
    this.#table.retainAgain(id);
    this.#countNet(id, 1);
    this.#note(id, true);
  }

  /** It was added as often as it is removed. */
  remove(id: number): void {
    const count = this.#counts.get(id) ?? 0;
    if (count > 1) {
      this.#counts.set(id, count - 1);
      return;
    }
    this.#counts.delete(id);
    this.#countNet(id, -1);
    this.#note(id, false);
    this.#table.release(id);
  }

  /** From now on changes are kept until they are taken. */
  keepChanges(): void {
    this.#changes ??= new Map();
  }

  get isChanged(): boolean {
    return this.#changes !== undefined && this.#changes.size > 0;
  }

  /** The net changes since they were last taken. */
  takeChanges(): MemberChange {
    const added: Prefix[] = [];
    const removed: Prefix[] = [];
    for (const [id, came] of this.#changes ?? []) {
      (came ? added : removed).push(this.#table.prefixOf(id));
      if (!came) this.#table.release(id);
    }
    this.#changes?.clear();
    return { added, removed };
  }

  /** Lets go of every member, once no rule names the set. */
  close(): void {
    for (const id of this.#counts.keys()) this.#table.release(id);
    for (const [id, came] of this.#changes ?? []) if (!came) this.#table.release(id);
    this.#counts.clear();
    this.#netLengths = undefined;
    this.#changes = undefined;
    this.#canonical = undefined;
  }

  /** The members, in no order, those inside others too. */
  *members(): Generator<Prefix> {
    for (const id of this.#counts.keys()) yield this.#table.prefixOf(id);
  }

  get size(): number {
    return this.#counts.size;
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  has(found: Address): boolean {
    if (this.#isMember(found, bitsOf(found.family))) return true;
    for (const key of this.#netLengths?.keys() ?? []) {
      const length = Math.abs(key) - 1;
      if (lengthKey(found.family, length) !== key) continue;
      if (this.#isMember(prefixOf(found, length).address, length)) return true;
    }
    return false;
  }

  get hosts(): readonly Address[] {
    return this.#frozen().hosts;
  }

  get nets(): readonly Prefix[] {
    return this.#frozen().nets;
  }

  toString(): string {
    return this.#frozen().toString();
  }

  #frozen(): AddressSet {
    this.#canonical ??= AddressSet.of(this.members());
    return this.#canonical;
  }

  #isMember(first: Address, length: number): boolean {
    const id = this.#table.find(first, length);
    return id !== undefined && this.#counts.has(id);
  }

  #countNet(id: number, by: 1 | -1): void {
    if (this.#table.isHost(id)) return;
    const { address, length } = this.#table.prefixOf(id);
    const key = lengthKey(address.family, length);
    this.#netLengths ??= new Map();
    const count = (this.#netLengths.get(key) ?? 0) + by;
    if (count === 0) this.#netLengths.delete(key);
    else this.#netLengths.set(key, count);
  }

  /** A member that left is retained until that is told. */
  #note(id: number, came: boolean): void {
    this.#canonical = undefined;
    if (!this.#changes) return;
    const known = this.#changes.get(id);
    if (known === undefined) {
      this.#changes.set(id, came);
      if (!came) this.#table.retainAgain(id);
    } else if (known !== came) {
      this.#changes.delete(id);
      if (came) this.#table.release(id);
    }
  }
}

/** Tells lengths apart by family, too: positive for IPv4. */
function lengthKey(family: Family, length: number): number {
  return family === 4 ? length + 1 : -length - 1;
}
