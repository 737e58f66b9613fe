/** Signatures as some of the terms see them. */
import type { Signatures } from "./signatures.ts";
import type { Term } from "./terms.ts";

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
      const divided = new Map<string, number>();
      for (const { signature, answer } of signatures.membersOf(term)) {
        const before = this.groups[signature] ?? 0;
        const key = `${before} ${answer}`;
        const group = divided.get(key) ?? count++;
        divided.set(key, group);
        this.groups[signature] = group;
      }
    }
    this.count = count;
  }

  groupOf(signature: number): number {
    return this.groups[signature] ?? 0;
  }
}
