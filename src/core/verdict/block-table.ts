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

/** So many rows have the same first bits of their hash, about: where these begin is known. */
const ROWS_A_START = 4;

/**
 * An immutable table of nine bytes a block. Two blocks may have one hash, so what is found has to
 * be asked whether it is meant; what is meant is always found.
 */
export class BlockTable {
  /** Ascending. */
  readonly #rows: Float64Array;
  /** Where the rows begin that have these first bits, and past the last where all end. */
  readonly #starts: Uint32Array;
  /** How many bits come after them. */
  readonly #shift: number;
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
    const bits = Math.max(1, Math.ceil(Math.log2(count / ROWS_A_START)));
    this.#shift = 32 - bits;
    this.#starts = startsOf(this.#rows, bits);
    this.#lengths = lengths.map((ofKind) => [...ofKind]);
  }

  /** Adds to `found` the number of what may have a block that holds the value, perhaps twice. */
  find(field: Field, words: Words, found: number[]): void {
    const kind = kindOf(field, words);
    for (const length of this.#lengths[kind] ?? []) {
      const hash = hashOf(kind, words, length);
      const first = hash * NUMBERS;
      const end = this.#starts[(hash >>> this.#shift) + 1] ?? 0;
      for (let i = this.#starts[hash >>> this.#shift] ?? 0; i < end; i++) {
        const row = this.#rows[i] ?? 0;
        if (row >= first + NUMBERS) break;
        if (row >= first) found.push(row - first);
      }
    }
  }
}

function startsOf(rows: Float64Array, bits: number): Uint32Array {
  const starts = new Uint32Array(2 ** bits + 1);
  const size = 2 ** (32 - bits) * NUMBERS;
  let place = 0;
  for (let start = 0; start < starts.length; start++) {
    while (place < rows.length && (rows[place] ?? 0) < start * size) place++;
    starts[start] = place;
  }
  return starts;
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
