/** Stretches of the address space: which holds an address, and how nft writes them. */
import {
  type Address,
  address,
  type Family,
  formatAddress,
  lastAddress,
  prefix,
} from "../../core/net/address.ts";
import { addressAt, type Point, pointOf, type Segment } from "../../core/net/point.ts";

/** Finds the segment of one family that holds an address. */
export class SegmentSearch<S extends Segment> {
  readonly #segments: readonly S[];

  /** `segments` ascend and do not overlap. */
  constructor(segments: readonly S[]) {
    this.#segments = segments;
  }

  find(wanted: Address): S | undefined {
    return this.#segments.length === 0 ? undefined : this.findPoint(pointOf(wanted));
  }

  findPoint(point: Point): S | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle];
      if (segment && segment.last < point) low = middle + 1;
      else high = middle;
    }
    const found = this.#segments[low];
    return found && found.first <= point ? found : undefined;
  }
}

/** As nft prints it: an address, a network where it is one, else a range. */
export function formatSegment({ family, first, last }: Segment): string {
  if (first === last) return formatPoint(family, first);
  const length = prefixLength(family, first, last);
  const from = formatPoint(family, first);
  return length === undefined ? `${from}-${formatPoint(family, last)}` : `${from}/${length}`;
}

/** Reads what `formatSegment` writes. */
export function parseSegment(text: string): Segment {
  const [from = "", to] = text.split("-");
  if (to !== undefined) {
    const [first, last] = [address(from), address(to)];
    return { family: first.family, first: pointOf(first), last: pointOf(last) };
  }
  const net = prefix(from);
  const { family } = net.address;
  return { family, first: pointOf(net.address), last: pointOf(lastAddress(net)) };
}

function formatPoint(family: Family, point: Point): string {
  const found = addressAt(family, point);
  if (!found) throw new RangeError(`there is no address ${point} of IPv${family}`);
  return formatAddress(found);
}

function prefixLength(family: Family, first: Point, last: Point): number | undefined {
  const size = BigInt(last) - BigInt(first) + 1n;
  if ((size & (size - 1n)) !== 0n || BigInt(first) % size !== 0n) return undefined;
  return (family === 4 ? 32 : 128) - (size.toString(2).length - 1);
}
