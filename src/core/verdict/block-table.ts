/** Finds what is filed under the blocks that hold a value. */
import { FIELDS, type Field, type TakeBlock, type Words } from "./blocks.ts";

/** Something filed under every one of its blocks. */
export interface Filed {
  readonly field: Field;
  readonly eachBlock: (take: TakeBlock) => void;
}

/** A row is a block's hash of 32 bits and then a number: 53 bits, as many as a double is exact in. */
const NUMBERS = 2 ** 21;

/** What is filed after so many cannot be numbered. */
export const MOST_FILED = NUMBERS;

/**
 * An immutable table of eight bytes a block. Two blocks may have one hash, so what is found has to
 * be asked whether it is meant; what is meant is always found.
 */
export class BlockTable {
  /** Ascending. */
  readonly #rows: Float64Array;
  /** The lengths of the blocks that occur, by {@link kindOf}. */
  readonly #lengths: readonly (readonly number[])[];

  /** What is filed is known by its place. Throws RangeError for more than {@link MOST_FILED}. */
  constructor(filed: readonly Filed[]) {
    if (filed.length > MOST_FILED)
      throw new RangeError(`${filed.length} sorts of blocks are too many`);
    let rows = new Float64Array(1024);
    let count = 0;
    const lengths = Array.from({ length: 2 * FIELDS.length }, () => new Set<number>());
    for (const [number, { field, eachBlock }] of filed.entries()) {
      eachBlock((words, length) => {
        const kind = kindOf(field, words);
        if (count === rows.length) rows = doubled(rows);
        rows[count++] = hashOf(kind, words, length) * NUMBERS + number;
        lengths[kind]?.add(length);
      });
    }
    this.#rows = rows.slice(0, count).sort();
    this.#lengths = lengths.map((ofKind) => [...ofKind]);
  }

  /** Adds to `found` the number of what may have a block that holds the value, perhaps twice. */
  find(field: Field, words: Words, found: number[]): void {
    const kind = kindOf(field, words);
    for (const length of this.#lengths[kind] ?? []) {
      const first = hashOf(kind, words, length) * NUMBERS;
      for (let i = this.#placeOf(first); ; i++) {
        const row = this.#rows[i];
        if (row === undefined || row >= first + NUMBERS) break;
        found.push(row - first);
      }
    }
  }

  /** Where the first row stands that is not below `least`. */
  #placeOf(least: number): number {
    const rows = this.#rows;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((rows[middle] ?? 0) < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function doubled(rows: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(2 * rows.length);
  wider.set(rows);
  return wider;
}

/** A field's values of one word, or of four: their blocks are told apart. */
function kindOf(field: Field, words: Words): number {
  return 2 * FIELDS.indexOf(field) + (words.length > 1 ? 1 : 0);
}

function hashOf(kind: number, words: Words, length: number): number {
  // Spread over all bits, or lengths would be told apart by what addresses differ in as well.
  let hash = Math.imul(kind * 256 + length + 1, 0x85eb_ca6b);
  for (let i = 0; 32 * i < length; i++) {
    const bits = Math.min(32, length - 32 * i);
    const masked = (words[i] ?? 0) & (0xffff_ffff << (32 - bits));
    hash = Math.imul(hash ^ masked, 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
