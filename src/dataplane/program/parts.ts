/**
 * The address space in parts, such that no set in use tells two addresses of a part apart.
 *
 * Addresses that sets name one by one are told as such; what their networks cover is told as
 * segments between the networks' borders. An address in no set is in its family's outside part.
 */
import { once } from "../../core/calc/once.ts";
import { type Address, type Family, formatAddress } from "../../core/net/address.ts";
import type { Segment } from "../../core/net/point.ts";
import type { NamedPortSet, ServedPort } from "../../core/policy/policy.ts";
import {
  type AddressClass,
  type AddressClasses,
  type ClassJournal,
  OUTSIDE_CLASS,
} from "../../core/sets/address-classes.ts";
import type { Addresses } from "../../core/sets/addresses.ts";

/** Addresses of one family that are in exactly the same sets. */
export interface Part {
  /** Its place in `AddressParts.parts`. */
  readonly index: number;
  readonly family: Family;
  /** The traits that say so, ascending: of sets, and of what a port name leads to. */
  readonly traits: readonly number[];
}

export interface HostItem {
  readonly text: string;
  readonly address: Address;
  readonly part: Part;
}

/** A stretch of addresses; those among the hosts are not meant. */
export interface SegmentItem extends Segment {
  readonly part: Part;
}

/** What traits stand for. */
export interface TraitTable {
  readonly sets: ReadonlyMap<Addresses, number>;
  /** A port name's members that serve the same ports have a trait of their own. By the name's id. */
  readonly serving: ReadonlyMap<string, Iterable<ServingTrait>>;
}

export interface ServingTrait {
  readonly trait: number;
  readonly served: readonly ServedPort[];
}

export const OUTSIDE: Readonly<Record<Family, number>> = { 4: 0, 6: 1 };

/** A part for each class, kept as classes come and go: those that stay keep their place if they can. */
export class PartTable implements ClassJournal {
  readonly #parts: Part[] = [];
  readonly #classes: number[] = [];
  readonly #byClass = new Map<number, Part>();

  constructor() {
    for (const family of [4, 6] as const) {
      this.classSet({ id: OUTSIDE_CLASS[family], family, traits: [] });
    }
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }

  of(classId: number): Part {
    const part = this.#byClass.get(classId);
    if (!part) throw new Error(`there is no class ${classId}`);
    return part;
  }

  classSet({ id, family, traits }: AddressClass): void {
    const index = this.#byClass.get(id)?.index ?? this.#parts.length;
    this.#place(id, { index, family, traits });
  }

  /** The last part takes the place that is free. */
  classGone(id: number): void {
    const { index } = this.of(id);
    this.#byClass.delete(id);
    const [part, classId] = [this.#parts.pop(), this.#classes.pop()];
    if (part && classId !== undefined && classId !== id) this.#place(classId, { ...part, index });
  }

  #place(classId: number, part: Part): void {
    this.#parts[part.index] = part;
    this.#classes[part.index] = classId;
    this.#byClass.set(classId, part);
  }
}

/** The classes of addresses as one rendering sees them. They must not change meanwhile. */
export class AddressParts {
  readonly #classes: AddressClasses;
  readonly #table: PartTable;
  readonly #traits: TraitTable;
  readonly #inside = new Map<number, readonly Part[]>();

  constructor(classes: AddressClasses, table: PartTable, traits: TraitTable) {
    this.#classes = classes;
    this.#table = table;
    this.#traits = traits;
  }

  /** The outside parts first. */
  get parts(): readonly Part[] {
    return this.#table.parts;
  }

  /** Those of one family, ascending. */
  segments(family: Family): SegmentItem[] {
    return this.#classes.segments(family).map(({ first, last, classId }) => {
      return { family, first, last, part: this.#table.of(classId) };
    });
  }

  /** Ascending. Made as they are asked for: there may be a million. */
  *hosts(): Generator<HostItem> {
    for (const { address, classId } of this.#classes.hosts()) {
      yield { text: formatAddress(address), address, part: this.#table.of(classId) };
    }
  }

  /** The part around `found` if it is not a host of its own. */
  partAround(found: Address): Part {
    return this.#table.of(this.#classes.classAround(found));
  }

  outside(family: Family): Part {
    return this.#table.of(OUTSIDE_CLASS[family]);
  }

  /** The parts inside `set`. */
  inside(set: Addresses): readonly Part[] {
    return once(this.#inside, this.#traitOf(set), (trait) =>
      this.#classes.classesWith(trait).map((classId) => this.#table.of(classId)),
    );
  }

  has(part: Part, set: Addresses): boolean {
    return includes(part.traits, this.#traitOf(set));
  }

  /** What the addresses of `part` serve under a port name; empty for most. */
  served(part: Part, named: NamedPortSet): readonly ServedPort[] {
    const serving = this.#traits.serving.get(named.id);
    if (!serving) throw new Error(`the port name ${named.id} is not in use`);
    for (const { trait, served } of serving) if (includes(part.traits, trait)) return served;
    return [];
  }

  #traitOf(set: Addresses): number {
    const trait = this.#traits.sets.get(set);
    if (trait === undefined) throw new Error(`a set is not in use: ${set}`);
    return trait;
  }
}

function includes(sorted: readonly number[], wanted: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}
