/** Stretches of the address space, and how nft writes them. */
import {
  type Address,
  address,
  type Family,
  formatAddress,
  lastAddress,
  prefix,
} from "../../core/net/address.ts";
import type { Addresses } from "../../core/sets/addresses.ts";

/** An address as one number: exact, and comparable within a family. */
export type Point = number | bigint;

/** The addresses from `first` to `last`, both included. */
export interface Segment {
  readonly family: Family;
  readonly first: Point;
  readonly last: Point;
}

/**
 * Cuts what the networks of `sets` cover at every border of one, ascending, and says which sets
 * cover each piece (by their numbers, ascending).
 */
export function cutSegments(
  sets: ReadonlyMap<Addresses, number>,
  family: Family,
): { readonly first: Point; readonly last: Point; readonly sets: readonly number[] }[] {
  const borders: { readonly at: Point; readonly set: number; readonly opens: boolean }[] = [];
  for (const [set, number] of sets) {
    for (const net of set.nets) {
      if (net.address.family !== family) continue;
      borders.push({ at: pointOf(net.address), set: number, opens: true });
      borders.push({ at: pointAfter(pointOf(lastAddress(net))), set: number, opens: false });
    }
  }
  borders.sort((a, b) => compare(a.at, b.at));
  const segments = [];
  const open = new Set<number>();
  for (const [i, border] of borders.entries()) {
    const before = borders[i - 1];
    if (before && open.size > 0 && before.at !== border.at) {
      const covering = [...open].sort((a, b) => a - b);
      segments.push({ first: before.at, last: pointBefore(border.at), sets: covering });
    }
    if (border.opens) open.add(border.set);
    else open.delete(border.set);
  }
  return segments;
}

/** Finds the segment of one family that holds an address. */
export class SegmentSearch<S extends Segment> {
  readonly #segments: readonly S[];

  /** `segments` ascend and do not overlap. */
  constructor(segments: readonly S[]) {
    this.#segments = segments;
  }

  find(wanted: Address): S | undefined {
    return this.#segments.length === 0 ? undefined : this.findPoint(pointOf(wanted));
  }

  findPoint(point: Point): S | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle];
      if (segment && segment.last < point) low = middle + 1;
      else high = middle;
    }
    const found = this.#segments[low];
    return found && found.first <= point ? found : undefined;
  }
}

/** As nft prints it: an address, a network where it is one, else a range. */
export function formatSegment({ family, first, last }: Segment): string {
  if (first === last) return formatAddress(addressOf(family, first));
  const length = prefixLength(family, first, last);
  const from = formatAddress(addressOf(family, first));
  return length === undefined
    ? `${from}-${formatAddress(addressOf(family, last))}`
    : `${from}/${length}`;
}

/** Reads what `formatSegment` writes. */
export function parseSegment(text: string): Segment {
  const [from = "", to] = text.split("-");
  if (to !== undefined) {
    const [first, last] = [address(from), address(to)];
    return { family: first.family, first: pointOf(first), last: pointOf(last) };
  }
  const net = prefix(from);
  const { family } = net.address;
  return { family, first: pointOf(net.address), last: pointOf(lastAddress(net)) };
}

export function pointOf({ family, words }: Address): Point {
  if (family === 4) return words[0] ?? 0;
  return words.reduce((whole, word) => (whole << 32n) | BigInt(word), 0n);
}

/** The point one further. */
export function pointAfter(point: Point): Point {
  return typeof point === "number" ? point + 1 : point + 1n;
}

/** The point one nearer. */
export function pointBefore(point: Point): Point {
  return typeof point === "number" ? point - 1 : point - 1n;
}

function compare(a: Point, b: Point): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function addressOf(family: Family, point: Point): Address {
  if (typeof point === "number") return { family, words: [point] };
  const words = [96n, 64n, 32n, 0n].map((shift) => Number((point >> shift) & 0xffff_ffffn));
  return { family, words };
}

function prefixLength(family: Family, first: Point, last: Point): number | undefined {
  const size = BigInt(last) - BigInt(first) + 1n;
  if ((size & (size - 1n)) !== 0n || BigInt(first) % size !== 0n) return undefined;
  return (family === 4 ? 32 : 128) - (size.toString(2).length - 1);
}
