/** Which addresses no rule tells apart. */
import { once } from "../calc/once.ts";
import {
  type Address,
  address,
  compareAddresses,
  type Family,
  formatAddress,
  hostPrefix,
  type Prefix,
} from "../net/address.ts";
import { AddressSet } from "../sets/address-set.ts";
import { Marking } from "./marking.ts";
import { type AddressRange, Cuts, freeAddress } from "./outside.ts";
import type { Term } from "./terms.ts";

/** Addresses of which every term says the same. */
export interface Signature {
  readonly index: number;
  /** One of them. */
  readonly address: Address;
}

/** What a term says of the addresses of a signature, where that is anything: equal numbers, equal answers. */
export interface Membership {
  readonly signature: number;
  readonly answer: number;
}

/** Outside addresses of one signature. */
export interface SignedRange extends AddressRange {
  readonly signature: Signature;
}

/** The signatures of one family: of the addresses that somebody has and of all others. */
export class Signatures {
  readonly all: readonly Signature[];
  /** The ranges outside, ascending; neighbours differ. */
  readonly outside: readonly SignedRange[];
  readonly #ofAddress = new Map<string, Signature>();
  readonly #byMarks = new Map<string, Signed>();
  readonly #members: ReadonlyMap<Term, readonly Membership[]>;

  /** `taken` are the addresses that workloads and hosts have. */
  constructor(family: Family, taken: readonly Address[], terms: ReadonlySet<Term>) {
    const own = taken.filter((one) => one.family === family).sort(compareAddresses);
    const inside = new Map(own.map((one) => [formatAddress(one), one]));
    const isTaken = (one: Address) => inside.has(formatAddress(one));
    const cuts = new Cuts(family, netsOf(terms, isTaken));
    const marks = new Marking(own, cuts);
    for (const term of terms) marks.mark(term, family);

    for (const [i, one] of own.entries()) {
      this.#ofAddress.set(formatAddress(one), this.#sign("inside", marks.inside[i], one));
    }
    this.outside = this.#ranges(cuts, marks, isTaken);
    this.all = [...this.#byMarks.values()].map(({ signature }) => signature);
    this.#members = membersOf(this.#byMarks.values(), marks);
  }

  /** The signature of an address that somebody has. */
  of(taken: Address): Signature {
    const found = this.#ofAddress.get(formatAddress(taken));
    if (!found) throw new Error(`${formatAddress(taken)} is nobody's`);
    return found;
  }

  /** The signatures of which a term says anything. */
  membersOf(term: Term): readonly Membership[] {
    return this.#members.get(term) ?? [];
  }

  #sign(where: "inside" | "outside", marks: readonly number[] = [], one: Address): Signature {
    const { signature } = once(this.#byMarks, `${where} ${marks}`, () => {
      return { marks, signature: { index: this.#byMarks.size, address: one } };
    });
    return signature;
  }

  #ranges(cuts: Cuts, marks: Marking, isTaken: (one: Address) => boolean): SignedRange[] {
    const ranges: SignedRange[] = [];
    for (const [i, range] of cuts.ranges.entries()) {
      const free = freeAddress(range, isTaken);
      if (!free) continue;
      const signature = this.#sign("outside", marks.outside[i], free);
      const before = ranges.at(-1);
      if (before?.signature === signature) ranges.pop();
      const first = before?.signature === signature ? before.first : range.first;
      ranges.push({ first, last: range.last, signature });
    }
    return ranges;
  }
}

interface Signed {
  readonly signature: Signature;
  readonly marks: readonly number[];
}

function membersOf(signed: Iterable<Signed>, marking: Marking): Map<Term, Membership[]> {
  const members = new Map<Term, Membership[]>();
  for (const { signature, marks } of signed) {
    for (const mark of marks) {
      const { term, answer } = marking.meaning(mark);
      once(members, term, () => []).push({ signature: signature.index, answer });
    }
  }
  return members;
}

/** Every net that terms name, and every single address that is nobody's. */
function* netsOf(
  terms: ReadonlySet<Term>,
  isTaken: (address: Address) => boolean,
): Generator<Prefix> {
  for (const term of terms) {
    const isSet = term instanceof AddressSet;
    const single = isSet ? term.hosts : Array.from(term.members.keys(), address);
    yield* single.filter((one) => !isTaken(one)).map(hostPrefix);
    if (isSet) yield* term.nets;
  }
}
