/**
 * Addresses in classes: two addresses of a family are in one class if, and only if, the same traits
 * hold both. A trait is what can be told of an address, as that a set has it; its number and its
 * meaning are the caller's.
 *
 * Prefixes come and go under traits; `settle` then brings the classes up to date, at the cost of
 * what was touched: of a single address its traits, of a network what is inside it.
 */
import { type Address, type Family, isHostPrefix, type Prefix } from "../net/address.ts";
import type { Segment } from "../net/point.ts";
import { type Cell, Cells, sizeOf } from "./address-class-cells.ts";
import { FamilyAddresses } from "./address-class-family.ts";
import type { Network } from "./address-class-segments.ts";
import { Succession } from "./address-class-succession.ts";
import { TraitLists } from "./address-class-traits.ts";

/** Addresses of one family that exactly these traits hold; as it is now, it may have others later. */
export interface AddressClass {
  /** Never that of another class, nor of a later one. */
  readonly id: number;
  readonly family: Family;
  /** Ascending. */
  readonly traits: readonly number[];
}

/** A stretch between the borders of networks; addresses that traits name singly are not meant. */
export interface ClassSegment extends Segment {
  readonly classId: number;
}

/**
 * Is told what settling changed, in this order: an id is known before it is used, and until it is
 * not. What it leaves out it is not told.
 */
export interface ClassJournal {
  /** A class that is new, or has other traits than before; ascending by id. */
  classSet?(changed: AddressClass): void;
  /** A segment's class, or that there is no such segment any more; those gone come first. */
  segment?(segment: Segment, classId: number | undefined): void;
  /** The class of an address that traits name singly, or that none does any more. */
  host?(host: Address, classId: number | undefined): void;
  classGone?(id: number): void;
}

/** The classes of addresses that no trait holds. */
export const OUTSIDE_CLASS: Readonly<Record<Family, number>> = { 4: 0, 6: 1 };
const FIRST_CLASS = 2;

const FAMILIES: readonly Family[] = [4, 6];

/**
 * A segment stays even where single addresses fill it up, so that an address which is looked up
 * first by itself and then by segment is never outside in between.
 */
export class AddressClasses {
  readonly #lists = new TraitLists();
  readonly #cells = new Cells(this.#lists);
  readonly #families: Readonly<Record<Family, FamilyAddresses>> = {
    4: new FamilyAddresses(4, this.#lists, this.#cells),
    6: new FamilyAddresses(6, this.#lists, this.#cells),
  };
  readonly #byId = new Map<number, Cell>();
  /** The cells that have each trait, as they were settled. */
  readonly #holding = new Map<number, Set<Cell>>();
  readonly #networksOf = new Map<number, Set<Network>>();
  #next = FIRST_CLASS;
  #settled = true;

  /** False if the trait holds the prefix already: it does or does not, whoever says so how often. */
  add(trait: number, prefix: Prefix): boolean {
    this.#settled = false;
    const family = this.#families[prefix.address.family];
    if (isHostPrefix(prefix)) return family.addHost(trait, prefix.address);
    const network = family.addNetwork(trait, prefix);
    if (network) addTo(this.#networksOf, trait, network);
    return network !== undefined;
  }

  /** False if the trait does not hold the prefix, which is one that was added, not a part of one. */
  remove(trait: number, prefix: Prefix): boolean {
    this.#settled = false;
    const family = this.#families[prefix.address.family];
    if (isHostPrefix(prefix)) return family.removeHost(trait, prefix.address);
    const network = family.removeNetwork(trait, prefix);
    if (network) removeFrom(this.#networksOf, trait, network);
    return network !== undefined;
  }

  /** Removes all that the trait holds. Costs what is in the classes that have it. */
  drop(trait: number): void {
    this.#settled = false;
    for (const { prefix } of [...(this.#networksOf.get(trait) ?? [])]) this.remove(trait, prefix);
    const cells = [...(this.#holding.get(trait) ?? [])];
    for (const family of FAMILIES) {
      const ofFamily = cells.filter((cell) => cell.family === family);
      this.#families[family].dropFromHosts(trait, ofFamily);
    }
  }

  /** Brings the classes up to date with what was added and removed. */
  settle(journal?: ClassJournal): void {
    if (this.#settled) return;
    const succession = new Succession();
    const move = succession.move.bind(succession);
    for (const family of FAMILIES) this.#families[family].settleNetworks(move);
    for (const family of FAMILIES) this.#families[family].settleHosts(move);
    const before = Array.from(succession.cells, (cell) => ({ cell, id: cell.id }));
    this.#name(succession);
    const renamed = before.filter(({ cell, id }) => cell.id !== undefined && cell.id !== id);
    const set = journal?.classSet ? renamed.map(({ cell }) => this.#classOf(cell)) : [];
    for (const one of set.sort((a, b) => a.id - b.id)) journal?.classSet?.(one);
    for (const family of FAMILIES) {
      const ofFamily = renamed.filter(({ cell, id }) => cell.family === family && id !== undefined);
      this.#families[family].tell(
        journal,
        ofFamily.map(({ cell }) => cell),
      );
    }
    for (const { cell, id } of before) {
      if (id !== undefined && !this.#byId.has(id)) journal?.classGone?.(id);
      if (sizeOf(cell) === 0) this.#cells.delete(cell);
    }
    this.#settled = true;
  }

  /** The class of an address. */
  classOf(address: Address): number {
    return idOf(this.#settledFamily(address.family).cellOf(address), address.family);
  }

  /** The class of the segment around an address, whether or not traits name that singly. */
  classAround(address: Address): number {
    return idOf(this.#settledFamily(address.family).cellAround(address), address.family);
  }

  /** Ascending; none for an id that is no class. */
  traitsOf(classId: number): readonly number[] {
    const cell = this.#byId.get(classId);
    return cell ? this.#lists.traits(cell.list) : [];
  }

  /** Ascending by id, those outside first. */
  classes(): AddressClass[] {
    this.#assertSettled();
    const inside = Array.from(this.#byId.values(), (cell) => this.#classOf(cell));
    const outside = FAMILIES.map((family) => ({ id: OUTSIDE_CLASS[family], family, traits: [] }));
    return [...outside, ...inside.sort((a, b) => a.id - b.id)];
  }

  /** The ids of the classes that have a trait, ascending. */
  classesWith(trait: number): number[] {
    this.#assertSettled();
    const ids = Array.from(this.#holding.get(trait) ?? [], (cell) => idOf(cell, cell.family));
    return ids.sort((a, b) => a - b);
  }

  /** The addresses that traits name singly, ascending. */
  *hosts(): Generator<{ readonly address: Address; readonly classId: number }> {
    for (const family of FAMILIES) {
      for (const { address, cell } of this.#settledFamily(family).hosts()) {
        yield { address, classId: idOf(cell, family) };
      }
    }
  }

  /** Ascending. */
  segments(family: Family): ClassSegment[] {
    return this.#settledFamily(family).segments.map(({ first, last, cell }) => {
      return { family, first, last, classId: idOf(cell, family) };
    });
  }

  /** How much is held, once it is settled; every number is 0 when all that was added is removed. */
  get holdings(): Readonly<
    Record<"hosts" | "networks" | "segments" | "classes" | "lists", number>
  > {
    const sum = (count: (family: FamilyAddresses) => number): number =>
      FAMILIES.reduce((total, family) => total + count(this.#settledFamily(family)), 0);
    return {
      hosts: sum((family) => family.hostCount),
      networks: sum((family) => family.networkCount),
      segments: sum((family) => family.segments.length),
      classes: this.#cells.size + this.#holding.size + this.#networksOf.size,
      lists: this.#lists.size,
    };
  }

  /** Gives every cell that something came to or left its id, or none if it is empty. */
  #name(succession: Succession): void {
    const heirs = succession.heirs();
    // One that keeps its id is not set again: deleting and setting a key over and over slows a Map.
    const others = Array.from(succession.cells).filter(
      (cell) => cell.id === undefined || cell.id !== heirs.get(cell),
    );
    for (const { id } of others) if (id !== undefined) this.#byId.delete(id);
    for (const cell of others) {
      const known = cell.id !== undefined;
      const isEmpty = sizeOf(cell) === 0;
      cell.id = isEmpty ? undefined : (heirs.get(cell) ?? this.#next++);
      if (cell.id !== undefined) this.#byId.set(cell.id, cell);
      if (known !== isEmpty) continue;
      for (const trait of this.#lists.traits(cell.list)) {
        if (isEmpty) removeFrom(this.#holding, trait, cell);
        else addTo(this.#holding, trait, cell);
      }
    }
  }

  #classOf(cell: Cell): AddressClass {
    const { family, list } = cell;
    return { id: idOf(cell, family), family, traits: this.#lists.traits(list) };
  }

  #settledFamily(family: Family): FamilyAddresses {
    this.#assertSettled();
    return this.#families[family];
  }

  #assertSettled(): void {
    if (!this.#settled) throw new Error("classes are asked for before they are settled");
  }
}

function idOf(cell: Cell | undefined, family: Family): number {
  return cell?.id ?? OUTSIDE_CLASS[family];
}

function addTo<V>(sets: Map<number, Set<V>>, key: number, value: V): void {
  const known = sets.get(key);
  if (known) known.add(value);
  else sets.set(key, new Set([value]));
}

function removeFrom<V>(sets: Map<number, Set<V>>, key: number, value: V): void {
  const known = sets.get(key);
  known?.delete(value);
  if (known?.size === 0) sets.delete(key);
}
