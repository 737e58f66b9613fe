/**
 * Lists of traits, each kept once for all who hold it. A list goes by a number, which means it while
 * anyone retains it.
 */

/** The list of no traits, always there. */
export const NO_TRAITS = 0;

interface List {
  /** -1 when nobody holds it any more. */
  number: number;
  readonly traits: readonly number[];
  readonly hash: number;
  holders: number;
  /** Another list with the same hash. */
  next: List | undefined;
  /** What came of it last: members of one set are added one after the other. */
  extended: Step<number> | undefined;
  reduced: Step<number> | undefined;
  joined: Step<List> | undefined;
}

interface Step<By> {
  readonly by: By;
  readonly to: List;
}

/** What is made here is to be retained before anything else is made. */
export class TraitLists {
  readonly #lists: (List | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #byHash = new Map<number, List>();
  #size = 0;

  constructor() {
    this.#obtain([], 0);
  }

  /** How many lists are held, that of no traits aside. */
  get size(): number {
    return this.#size - 1;
  }

  /** Distinct, ascending. */
  traits(list: number): readonly number[] {
    return this.#at(list).traits;
  }

  has(list: number, trait: number): boolean {
    const { traits } = this.#at(list);
    return traits[placeOf(traits, trait)] === trait;
  }

  with(list: number, trait: number): number {
    const from = this.#at(list);
    const known = from.extended;
    if (known?.by === trait && known.to.number >= 0) return known.to.number;
    const place = placeOf(from.traits, trait);
    if (from.traits[place] === trait) return list;
    const to = this.#obtain(from.traits.toSpliced(place, 0, trait), from.hash ^ hashOf(trait));
    from.extended = { by: trait, to };
    return to.number;
  }

  without(list: number, trait: number): number {
    const from = this.#at(list);
    const known = from.reduced;
    if (known?.by === trait && known.to.number >= 0) return known.to.number;
    const place = placeOf(from.traits, trait);
    if (from.traits[place] !== trait) return list;
    const to = this.#obtain(from.traits.toSpliced(place, 1), from.hash ^ hashOf(trait));
    from.reduced = { by: trait, to };
    return to.number;
  }

  /** The traits in either. */
  union(a: number, b: number): number {
    if (b === NO_TRAITS || a === b) return a;
    if (a === NO_TRAITS) return b;
    const [from, by] = [this.#at(a), this.#at(b)];
    const known = from.joined;
    if (known?.by === by && known.to.number >= 0) return known.to.number;
    const traits = merged(from.traits, by.traits);
    const to = this.#obtain(
      traits,
      traits.reduce((hash, trait) => hash ^ hashOf(trait), 0),
    );
    from.joined = { by, to };
    return to.number;
  }

  retain(list: number): void {
    if (list !== NO_TRAITS) this.#at(list).holders++;
  }

  release(list: number): void {
    if (list === NO_TRAITS) return;
    const held = this.#at(list);
    held.holders--;
    if (held.holders === 0) this.#remove(held);
  }

  #at(list: number): List {
    const held = this.#lists[list];
    if (!held) throw new Error(`nobody holds the list of traits ${list}`);
    return held;
  }

  #obtain(traits: readonly number[], hash: number): List {
    const first = this.#byHash.get(hash);
    for (let list = first; list; list = list.next) {
      if (areEqual(list.traits, traits)) return list;
    }
    const list: List = {
      number: this.#free.pop() ?? this.#lists.length,
      traits,
      hash,
      holders: 0,
      next: first,
      extended: undefined,
      reduced: undefined,
      joined: undefined,
    };
    this.#lists[list.number] = list;
    this.#byHash.set(hash, list);
    this.#size++;
    return list;
  }

  #remove(list: List): void {
    const first = this.#byHash.get(list.hash);
    if (first !== list) {
      let before = first;
      while (before && before.next !== list) before = before.next;
      if (before) before.next = list.next;
    } else if (list.next) this.#byHash.set(list.hash, list.next);
    else this.#byHash.delete(list.hash);
    this.#lists[list.number] = undefined;
    this.#free.push(list.number);
    this.#size--;
    // Others may still remember it, but through it nothing else.
    list.number = -1;
    list.next = undefined;
    list.extended = undefined;
    list.reduced = undefined;
    list.joined = undefined;
  }
}

/** Where `trait` is, or would have to be put in. */
function placeOf(traits: readonly number[], trait: number): number {
  let low = 0;
  let high = traits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((traits[middle] ?? 0) < trait) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merged(a: readonly number[], b: readonly number[]): number[] {
  const all: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY];
    if (x <= y) i++;
    if (y <= x) j++;
    all.push(Math.min(x, y));
  }
  return all;
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Spread over 32 bits; a list's hash is that of its traits in any order. */
function hashOf(trait: number): number {
  let hash = Math.imul(trait + 1, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca77);
  return hash ^ (hash >>> 13);
}
