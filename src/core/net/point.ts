/** Addresses as single numbers: exact, and comparable and countable within a family. */
import type { Address, Family } from "./address.ts";

/** An address of a known family as one number. */
export type Point = number | bigint;

/** The addresses from `first` to `last`, both included. */
export interface Segment {
  readonly family: Family;
  readonly first: Point;
  readonly last: Point;
}

export function pointOf({ family, words }: Address): Point {
  if (family === 4) return words[0] ?? 0;
  return words.reduce((whole, word) => (whole << 32n) | BigInt(word), 0n);
}

/** The point one further; past the family's last address it is no address. */
export function pointAfter(point: Point): Point {
  return typeof point === "number" ? point + 1 : point + 1n;
}

/** The point one nearer. */
export function pointBefore(point: Point): Point {
  return typeof point === "number" ? point - 1 : point - 1n;
}

/** The address at `point`; undefined beyond the family's first and last. */
export function addressAt(family: Family, point: Point): Address | undefined {
  if (point < 0 || point > LAST[family]) return undefined;
  if (typeof point === "number") return { family, words: [point] };
  const words = [96n, 64n, 32n, 0n].map((shift) => Number((point >> shift) & 0xffff_ffffn));
  return { family, words };
}

export function comparePoints(a: Point, b: Point): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const LAST: Readonly<Record<Family, Point>> = { 4: 2 ** 32 - 1, 6: 2n ** 128n - 1n };
