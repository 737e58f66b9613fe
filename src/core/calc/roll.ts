/**
 * Objects that come and go, in no order and in little space. One that goes is struck off later, with
 * others, so that no place need be kept for each: whoever reads a roll says who still belongs.
 */

/** What is on rolls. */
export interface Enrolled {
  /** The last reading that it came up in. */
  seen: number;
}

/** Most have one entry, some a hundred thousand. */
export interface Roll<T extends Enrolled> {
  entries: T | T[] | undefined;
  /** How many belong; there may be more entries, and two of one object. */
  size: number;
}

/** So many are kept longer than they belong, however few do. */
const SLACK = 16;

let readings = 0;

/** `added` does not belong yet. */
export function enroll<T extends Enrolled>(roll: Roll<T>, added: T): void {
  roll.size++;
  if (roll.entries === undefined) roll.entries = added;
  else if (Array.isArray(roll.entries)) roll.entries.push(added);
  else roll.entries = [roll.entries, added];
}

/** One that belonged no longer does; `belongs` says so. */
export function strike<T extends Enrolled>(roll: Roll<T>, belongs: (entry: T) => boolean): void {
  roll.size--;
  if (roll.size === 0) roll.entries = undefined;
  else if (Array.isArray(roll.entries) && roll.entries.length > 2 * roll.size + SLACK) {
    roll.entries = belonging([roll], belongs);
  }
}

/** Everyone who belongs to any of the rolls, each once. */
export function belonging<T extends Enrolled>(
  rolls: Iterable<Roll<T>>,
  belongs: (entry: T) => boolean,
): T[] {
  const reading = ++readings;
  const found: T[] = [];
  const read = (entry: T): void => {
    if (entry.seen === reading || !belongs(entry)) return;
    entry.seen = reading;
    found.push(entry);
  };
  for (const { entries } of rolls) {
    if (Array.isArray(entries)) for (const entry of entries) read(entry);
    else if (entries !== undefined) read(entries);
  }
  return found;
}
