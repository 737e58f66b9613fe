/** Connection sets under numbers: equal sets have one, and what is known of two is not asked again. */
import { once } from "../calc/once.ts";
import { ConnectionSet } from "./connection-set.ts";

/** The numbers of the two sets that every table begins with. */
export const NONE = 0;
export const ALL = 1;

/** A growing table of sets. */
export class SetTable {
  readonly #sets: ConnectionSet[] = [];
  readonly #numbers = new Map<string, number>();
  /** The numbers of intersections, by the lower number of the two and then the higher. */
  readonly #intersections: (number | undefined)[][] = [];

  constructor() {
    this.numberOf(ConnectionSet.none);
    this.numberOf(ConnectionSet.all);
  }

  /** The number of a set: the same for equal sets. */
  numberOf(set: ConnectionSet): number {
    return once(this.#numbers, set.toString(), () => this.#sets.push(set) - 1);
  }

  get(number: number): ConnectionSet {
    const set = this.#sets[number];
    if (!set) throw new Error(`no set has the number ${number}`);
    return set;
  }

  intersect(a: number, b: number): number {
    if (a === b || b === ALL) return a;
    if (a === ALL) return b;
    if (a === NONE || b === NONE) return NONE;
    const [low, high] = a < b ? [a, b] : [b, a];
    const known = this.#intersections[low]?.[high];
    if (known !== undefined) return known;
    const number = this.numberOf(this.get(low).intersect(this.get(high)));
    this.#row(low)[high] = number;
    return number;
  }

  #row(low: number): (number | undefined)[] {
    const row = this.#intersections[low] ?? [];
    this.#intersections[low] = row;
    return row;
  }
}
