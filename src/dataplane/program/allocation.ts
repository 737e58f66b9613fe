/**
 * The numbers and names given out within one generation. They are remembered so that whatever keeps
 * its meaning keeps its number, and no number ever gets another meaning.
 */
import type { Family } from "../../core/net/address.ts";
import type { Segment } from "../../core/net/point.ts";

/** The memory that one rendering hands to the next of its generation. Opaque to callers. */
export interface Allocation {
  readonly generation: number;
  readonly classes: ClassMemory;
  /** By what they decide. */
  readonly stages: NumberMemory;
  /** By the row's text. */
  readonly rows: NumberMemory;
  /** Codes by the chain that they lead to. */
  readonly leaves: NumberMemory;
  readonly sides: NumberMemory;
  /** By stem and rules. */
  readonly chains: NumberMemory;
  readonly pointers: StageRows;
  /** The declared sizes of maps. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Which class each address is in, as the maps say it. */
export interface ClassMemory {
  /** By canonical address text. */
  readonly hosts: ReadonlyMap<string, number>;
  /** Ascending. Addresses in none are in their family's outside class. */
  readonly segments: Readonly<Record<Family, readonly ClassSegment[]>>;
  readonly next: number;
}

export interface ClassSegment extends Segment {
  readonly classId: number;
}

/** The rows of each stage in the pointer map: of some classes, and of all others. */
export type StageRows = ReadonlyMap<number, PointedRows>;

export interface PointedRows {
  readonly usual: number;
  readonly byClass: ReadonlyMap<number, number>;
}

/** Numbers in use by text, and the next one to give out. */
export interface NumberMemory {
  readonly next: number;
  readonly numbers: ReadonlyMap<string, number>;
}

/** Gives equal texts equal numbers, those of the memory first. */
export class Numberer {
  readonly #known: ReadonlyMap<string, number>;
  readonly #used = new Map<string, number>();
  #next: number;

  constructor(memory: NumberMemory | undefined, first: number) {
    this.#known = memory?.numbers ?? new Map();
    this.#next = memory?.next ?? first;
  }

  number(text: string): number {
    const number = this.#used.get(text) ?? this.#known.get(text) ?? this.#next++;
    this.#used.set(text, number);
    return number;
  }

  /** What was asked for; what was not is forgotten and its number never used again. */
  get memory(): NumberMemory {
    return { next: this.#next, numbers: this.#used };
  }
}
