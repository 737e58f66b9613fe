/**
 * None, one or many objects, each once, in as little space as their number allows: of the lists that
 * an index keeps, most have one member, and some have a hundred thousand.
 */

/** To be changed by `withOne` and `withoutOne` only, whose results take its place. */
export type Some<T extends object> = undefined | T | T[] | Set<T>;

/** So many are looked through sooner than hashed. */
const FEW = 8;

/** Reports whether `wanted` is among them. */
export function hasOne<T extends object>(some: Some<T>, wanted: T): boolean {
  if (some instanceof Set) return some.has(wanted);
  return Array.isArray(some) ? some.includes(wanted) : some === wanted;
}

/** `added` is not among them. */
export function withOne<T extends object>(some: Some<T>, added: T): Some<T> {
  if (some === undefined) return added;
  if (some instanceof Set) return some.add(added);
  if (!Array.isArray(some)) return [some, added];
  if (some.length >= FEW) return new Set(some).add(added);
  some.push(added);
  return some;
}

/** `removed` is among them. */
export function withoutOne<T extends object>(some: Some<T>, removed: T): Some<T> {
  if (some === removed) return undefined;
  if (some instanceof Set) {
    some.delete(removed);
    return some.size === 0 ? undefined : some;
  }
  if (!Array.isArray(some)) return some;
  const place = some.indexOf(removed);
  const last = some.pop();
  if (last !== undefined && last !== removed && place >= 0) some[place] = last;
  return some.length === 0 ? undefined : some;
}

/** How many there are. */
export function countOf<T extends object>(some: Some<T>): number {
  if (some === undefined) return 0;
  if (some instanceof Set) return some.size;
  return Array.isArray(some) ? some.length : 1;
}

const NONE: readonly never[] = [];

/** Each of them, in no order. */
export function each<T extends object>(some: Some<T>): Iterable<T> {
  if (some === undefined) return NONE;
  return some instanceof Set || Array.isArray(some) ? some : [some];
}
