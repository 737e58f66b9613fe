/** Lists that are kept for long, in the room that they need. */

const NONE: readonly never[] = [];

/** A list to be kept: without the room that a list has which grew, and an empty one is no new one. */
export function kept<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list.slice();
}
