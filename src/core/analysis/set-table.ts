/** Connection sets under numbers: equal sets have one, and what is known of two is not asked again. */
import { once } from "../calc/once.ts";
import { ConnectionSet } from "./connection-set.ts";

/** The numbers of the two sets that every table begins with. */
export const NONE = 0;
export const ALL = 1;

/** More sets than a table can ever have, so that two numbers make one. */
const LIMIT = 2 ** 26;

/** A growing table of sets. */
export class SetTable {
  readonly #sets: ConnectionSet[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #intersections = new Map<number, number>();

  constructor() {
    this.numberOf(ConnectionSet.none);
    this.numberOf(ConnectionSet.all);
  }

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
    const key = a < b ? a * LIMIT + b : b * LIMIT + a;
    return once(this.#intersections, key, () => this.numberOf(this.get(a).intersect(this.get(b))));
  }
}
