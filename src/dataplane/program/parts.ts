/**
 * The address space cut into parts, such that no set in use tells two addresses of a part apart.
 *
 * Addresses that sets name one by one are held as such; what their networks cover is held as
 * segments between the networks' borders. An address in no set is in its family's outside part.
 */

import { once } from "../../core/calc/once.ts";
import { type Address, address, type Family, formatAddress } from "../../core/net/address.ts";
import type { NamedPortSet, ServedPort } from "../../core/policy/policy.ts";
import type { Addresses } from "../../core/sets/addresses.ts";
import { cutSegments, type Segment, SegmentSearch } from "./segments.ts";

/** Addresses of one family that are in exactly the same sets. */
export interface Part {
  /** Its place in `AddressParts.parts`. */
  readonly index: number;
  readonly family: Family;
  /** Numbers of the sets that hold it, ascending. */
  readonly sets: readonly number[];
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

/** A port name's members that serve the same ports are a set of their own. */
interface ServingSet {
  readonly set: number;
  readonly served: readonly ServedPort[];
}

export const OUTSIDE: Readonly<Record<Family, number>> = { 4: 0, 6: 1 };

/** Collects sets, then cuts the address space by them. */
export class AddressParts {
  readonly #parts: Part[] = [];
  readonly hosts: readonly HostItem[];
  readonly segments: readonly SegmentItem[];
  readonly #sets: ReadonlyMap<Addresses, number>;
  readonly #serving: ReadonlyMap<string, readonly ServingSet[]>;
  readonly #bySignature = new Map<string, Part>();
  readonly #holding = new Map<number, Part[]>();
  readonly #search: Readonly<Record<Family, SegmentSearch<SegmentItem>>>;

  constructor(sets: Iterable<Addresses>, named: Iterable<NamedPortSet>) {
    const members = new Members();
    this.#sets = new Map(Array.from(sets, (set, number) => [set, number]));
    for (const [set, number] of this.#sets) {
      for (const host of set.hosts) members.add(host, number);
    }
    this.#serving = addNamedPorts(members, named, this.#sets.size);
    this.#part(4, []);
    this.#part(6, []);
    this.segments = ([4, 6] as const).flatMap((family) =>
      cutSegments(this.#sets, family).map(({ first, last, sets }) => ({
        family,
        first,
        last,
        part: this.#part(family, sets),
      })),
    );
    const ofFamily = (family: Family) => this.segments.filter((one) => one.family === family);
    this.#search = { 4: new SegmentSearch(ofFamily(4)), 6: new SegmentSearch(ofFamily(6)) };
    this.hosts = this.#hostItems(members);
  }

  /** The outside parts first. */
  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** The part around `found` if it is not a host of its own. */
  partAround(found: Address): Part {
    return this.#search[found.family].find(found)?.part ?? this.outside(found.family);
  }

  outside(family: Family): Part {
    const part = this.#parts[OUTSIDE[family]];
    if (!part) throw new Error("the outside parts come first");
    return part;
  }

  /** The parts inside `set`. */
  inside(set: Addresses): readonly Part[] {
    return this.#holding.get(this.#numberOf(set)) ?? [];
  }

  has(part: Part, set: Addresses): boolean {
    return includes(part.sets, this.#numberOf(set));
  }

  /** What the addresses of `part` serve under a port name; empty for most. */
  served(part: Part, named: NamedPortSet): readonly ServedPort[] {
    const serving = this.#serving.get(named.id);
    if (!serving) throw new Error(`the port name ${named.id} was not collected`);
    return serving.find(({ set }) => includes(part.sets, set))?.served ?? [];
  }

  #numberOf(set: Addresses): number {
    const number = this.#sets.get(set);
    if (number === undefined) throw new Error(`a set was not collected: ${set}`);
    return number;
  }

  #hostItems(members: Members): HostItem[] {
    const parts = new Map<string, Part>();
    return Array.from(members.hosts(), ({ host, ownSets }) => {
      const around = this.partAround(host);
      // Few combinations, each joined once however many addresses have it.
      const key = `${around.index} ${ownSets.id}`;
      const part = once(parts, key, () =>
        this.#part(host.family, ascending([...around.sets, ...numbersIn(ownSets)])),
      );
      return { text: formatAddress(host), address: host, part };
    });
  }

  #part(family: Family, sets: readonly number[]): Part {
    return once(this.#bySignature, `${family} ${sets.join()}`, () => {
      const part: Part = { index: this.#parts.length, family, sets };
      this.#parts.push(part);
      for (const set of sets) once(this.#holding, set, () => []).push(part);
      return part;
    });
  }
}

/** A list of set numbers as a path from a root, one node a number: equal lists are one node. */
interface SetList {
  readonly id: number;
  readonly last: number;
  readonly before: SetList | undefined;
}

/** Which sets name each address, sets being added one after the other. */
class Members {
  readonly #hosts = new Map<number | string, { readonly host: Address; ownSets: SetList }>();
  readonly #lists = new Map<string, SetList>();

  add(host: Address, set: number): void {
    const key = host.family === 4 ? (host.words[0] ?? 0) : formatAddress(host);
    const known = this.#hosts.get(key);
    if (!known) this.#hosts.set(key, { host, ownSets: this.#extend(undefined, set) });
    else if (known.ownSets.last !== set) known.ownSets = this.#extend(known.ownSets, set);
  }

  hosts(): Iterable<{ readonly host: Address; readonly ownSets: SetList }> {
    return this.#hosts.values();
  }

  #extend(before: SetList | undefined, last: number): SetList {
    const key = `${before?.id ?? ""} ${last}`;
    return once(this.#lists, key, () => ({ id: this.#lists.size, last, before }));
  }
}

function addNamedPorts(
  members: Members,
  named: Iterable<NamedPortSet>,
  firstNumber: number,
): Map<string, readonly ServingSet[]> {
  const all = new Map<string, readonly ServingSet[]>();
  let number = firstNumber;
  for (const { id, members: byAddress } of named) {
    const serving = new Map<string, ServingSet & { readonly hosts: Address[] }>();
    for (const [text, served] of byAddress) {
      const key = served.map((one) => `${one.protocol}/${one.port}`).join();
      once(serving, key, () => ({ set: number++, served, hosts: [] })).hosts.push(address(text));
    }
    for (const { set, hosts } of serving.values()) {
      for (const host of hosts) members.add(host, set);
    }
    all.set(id, [...serving.values()]);
  }
  return all;
}

function numbersIn(list: SetList): number[] {
  const numbers: number[] = [];
  for (let at: SetList | undefined = list; at; at = at.before) numbers.push(at.last);
  return numbers;
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
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
