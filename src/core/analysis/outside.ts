/** The addresses that nobody in the cluster has, cut into ranges that no set of addresses divides. */
import {
  type Address,
  address,
  compareAddresses,
  type Family,
  formatAddress,
  lastAddress,
  nextAddress,
  type Prefix,
  previousAddress,
} from "../net/address.ts";

/** Both ends are in it. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

const LOWEST: Readonly<Record<Family, Address>> = { 4: address("0.0.0.0"), 6: address("::") };

/** The ranges of one family, ascending and without a gap, such that each net is some of them whole. */
export class Cuts {
  readonly ranges: readonly AddressRange[];
  readonly #byFirst: ReadonlyMap<string, number>;

  constructor(family: Family, nets: Iterable<Prefix>) {
    const firsts = new Map<string, Address>();
    const add = (first: Address | undefined) => first && firsts.set(formatAddress(first), first);
    add(LOWEST[family]);
    for (const net of nets) {
      if (net.address.family !== family) continue;
      add(net.address);
      add(nextAddress(lastAddress(net)));
    }
    const sorted = [...firsts.values()].sort(compareAddresses);
    const highest = lastAddress({ address: LOWEST[family], length: 0 });
    this.ranges = sorted.map((first, i) => {
      const next = sorted[i + 1];
      return { first, last: (next && previousAddress(next)) ?? highest };
    });
    this.#byFirst = new Map(sorted.map((first, i) => [formatAddress(first), i]));
  }

  /** The places of the ranges that make up a net that was given, as first and end. */
  within(net: Prefix): readonly [first: number, end: number] {
    const next = nextAddress(lastAddress(net));
    const first = this.#byFirst.get(formatAddress(net.address));
    const end = next ? this.#byFirst.get(formatAddress(next)) : this.ranges.length;
    if (first === undefined || end === undefined) throw new Error("the ranges are not cut there");
    return [first, end];
  }
}

/** The lowest address of a range that `isTaken` does not say is somebody's; undefined if all are. */
export function freeAddress(
  { first, last }: AddressRange,
  isTaken: (address: Address) => boolean,
): Address | undefined {
  let found: Address | undefined = first;
  while (found && compareAddresses(found, last) <= 0) {
    if (!isTaken(found)) return found;
    found = nextAddress(found);
  }
  return undefined;
}
