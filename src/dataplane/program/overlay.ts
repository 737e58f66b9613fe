import { type Point, pointAfter, pointBefore, type Segment } from "../../core/net/point.ts";
import { SegmentSearch } from "./segments.ts";

/** A stretch that lies in one segment, or none, of each of two lists; in at least one of them. */
export interface Piece<A, B> {
  readonly first: Point;
  readonly last: Point;
  readonly over: A | undefined;
  readonly under: B | undefined;
}

/** Cuts two lists of segments, each ascending and of the same one family, at each other's borders. */
export function overlay<A extends Segment, B extends Segment>(
  over: readonly A[],
  under: readonly B[],
): Piece<A, B>[] {
  const borders = [...over, ...under].flatMap(({ first, last }) => [first, pointAfter(last)]);
  const points = [...new Set(borders)].sort((a, b) => (a < b ? -1 : 1));
  const searchOver = new SegmentSearch(over);
  const searchUnder = new SegmentSearch(under);
  const pieces: Piece<A, B>[] = [];
  for (const [i, first] of points.entries()) {
    const next = points[i + 1];
    if (next === undefined) break;
    const piece = {
      first,
      last: pointBefore(next),
      over: searchOver.findPoint(first),
      under: searchUnder.findPoint(first),
    };
    if (piece.over || piece.under) pieces.push(piece);
  }
  return pieces;
}
