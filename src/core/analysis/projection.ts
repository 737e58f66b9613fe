/** Signatures as some of the terms see them. */
import type { Signatures } from "./signatures.ts";
import type { Term } from "./terms.ts";

/** More answers than a term can give. */
const ANSWERS = 2 ** 20;

/** Groups the signatures of a family: one group for those that no term of a few tells apart. */
export class Projection {
  /** The group of each signature, by its index. */
  readonly groups: Uint32Array;
  /** How many groups there may be: each is below it. */
  readonly count: number;

  constructor(signatures: Signatures, terms: Iterable<Term>) {
    this.groups = new Uint32Array(signatures.all.length);
    let count = 1;
    for (const term of terms) {
      // By group and answer: a group keeps its number where the term says nothing.
      const divided = new Map<number, number>();
      for (const { signature, answer } of signatures.membersOf(term)) {
        const part = (this.groups[signature] ?? 0) * ANSWERS + answer;
        const group = divided.get(part) ?? count++;
        divided.set(part, group);
        this.groups[signature] = group;
      }
    }
    this.count = count;
  }

  groupOf(signature: number): number {
    return this.groups[signature] ?? 0;
  }
}
