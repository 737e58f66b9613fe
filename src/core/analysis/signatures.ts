/** Which addresses no rule tells apart. */
import { once } from "../calc/once.ts";
import {
  type Address,
  address,
  compareAddresses,
  contains,
  type Family,
  formatAddress,
  hostPrefix,
  type Prefix,
} from "../net/address.ts";
import type { Addresses } from "../sets/addresses.ts";
import { Marking } from "./marking.ts";
import type { Memberships } from "./match.ts";
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
  /** One of them. */
  readonly address: Address;
}

/** The signatures of one family: of the addresses that somebody has and of all others. */
export class Signatures implements Memberships {
  readonly all: readonly Signature[];
  /** The ranges outside, ascending; neighbours differ. */
  readonly outside: readonly SignedRange[];
  readonly #ofAddress = new Map<string, Signature>();
  readonly #byMarks = new Map<string, Signed>();
  readonly #members: ReadonlyMap<Term, readonly Membership[]>;
  readonly #inSet = new Map<Addresses, ReadonlySet<Address | undefined>>();

  /**
   * `taken` are the addresses that workloads and hosts have. `nobodys` is a net at the beginning of
   * the family whose other addresses do not count: the range after it is shown with it.
   */
  constructor(
    family: Family,
    taken: readonly Address[],
    terms: ReadonlySet<Term>,
    nobodys?: Prefix,
  ) {
    const own = taken.filter((one) => one.family === family).sort(compareAddresses);
    const inside = new Map(own.map((one) => [formatAddress(one), one]));
    const isTaken = (one: Address) => inside.has(formatAddress(one));
    const nets = [...netsOf(terms, isTaken), ...(nobodys ? [nobodys] : [])];
    const cuts = new Cuts(family, nets);
    const marks = new Marking(own, cuts);
    for (const term of terms) marks.mark(term, family);

    for (const [i, one] of own.entries()) {
      this.#ofAddress.set(formatAddress(one), this.#sign("inside", marks.inside[i], one));
    }
    this.outside = this.#ranges(cuts, marks, isTaken, nobodys);
    this.all = [...this.#byMarks.values()].map(({ signature }) => signature);
    this.#members = membersOf(this.#byMarks.values(), marks);
  }

  /** The signature of an address that somebody has. */
  of(taken: Address): Signature {
    const found = this.#ofAddress.get(formatAddress(taken));
    if (!found) throw new Error(`${formatAddress(taken)} is nobody's`);
    return found;
  }

  /** Reports whether the address of a signature, that very object, is in a set that is a term. */
  has(set: Addresses, representative: Address): boolean {
    const members = once(this.#inSet, set, () => {
      return new Set(this.membersOf(set).map(({ signature }) => this.all[signature]?.address));
    });
    return members.has(representative);
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

  #ranges(
    { ranges }: Cuts,
    marks: Marking,
    isTaken: (one: Address) => boolean,
    nobodys: Prefix | undefined,
  ): SignedRange[] {
    const signed: SignedRange[] = [];
    let skipped: Address | undefined;
    for (const [i, range] of ranges.entries()) {
      if (nobodys && contains(nobodys, range.first)) {
        skipped ??= range.first;
        continue;
      }
      const free = freeAddress(range, isTaken);
      if (!free) continue;
      const signature = this.#sign("outside", marks.outside[i], free);
      const before = signed.at(-1);
      if (before?.signature === signature) {
        signed[signed.length - 1] = { ...before, last: range.last };
      } else
        signed.push({ first: skipped ?? range.first, last: range.last, address: free, signature });
      skipped = undefined;
    }
    return signed;
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
    const isSet = "hosts" in term;
    const single = isSet ? term.hosts : Array.from(term.members.keys(), address);
    yield* single.filter((one) => !isTaken(one)).map(hostPrefix);
    if (isSet) yield* term.nets;
  }
}
