/**
 * Rows: what the kernel answers for packets of one class in one stage, as map elements.
 *
 * A row gives a code for each protocol, source port, and destination port or ICMP message. Its most
 * common answers are defaults, of the protocol and of the row; the rest are exceptions by exact port
 * or by aligned blocks of 16 and 256 ports. A row that depends on the source port first leads, by
 * that port, to another row that does not.
 */
import { ICMP, ICMPV6 } from "../../core/net/protocol.ts";
import { formatRegister } from "./register.ts";
import type { Grid } from "./row-state.ts";
import { constantValue, mapSteps, runs, type Steps } from "./steps.ts";

/** Canonical: equal rows have equal texts. Holds codes. */
export interface Row {
  readonly rest: number;
  /** Protocols ascending; none whose every answer is `rest`. */
  readonly grids: readonly (readonly [protocol: number, grid: Grid<number>])[];
}

/** The maps that rows are held in, by what their keys are made of besides the row. */
export type RowMap =
  | "v" // protocol, destination port
  | "v16" // protocol, destination port in blocks of 16
  | "v256" // protocol, destination port in blocks of 256
  | "vi" // protocol, ICMP type and code
  | "vit" // protocol, ICMP type
  | "vp" // protocol
  | "vd" // nothing
  | "vs" // protocol, source port; the value is a row
  | "vs16" // likewise
  | "vs256" // likewise
  | "vsd"; // nothing; the value is a row

export type RowElement = readonly [map: RowMap, key: string, value: number];

export function rowOf(
  rest: number,
  grids: Iterable<readonly [protocol: number, grid: Grid<number>]>,
): Row {
  const kept = Array.from(grids, ([protocol, grid]) => [protocol, canonicalGrid(grid)] as const)
    .filter(([, grid]) => gridConstant(grid) !== rest)
    .sort(([a], [b]) => a - b);
  return { rest, grids: kept };
}

/** Equal for equal rows and no others. */
export function textOf({ rest, grids }: Row): string {
  return [rest, ...grids.map(([protocol, grid]) => `${protocol}${gridText(grid)}`)].join(" ");
}

export function dependsOnSource({ grids }: Row): boolean {
  return grids.some(([, grid]) => grid.values.length > 1);
}

export function usesBlocks(row: Row): boolean {
  if (dependsOnSource(row)) return false;
  return row.grids.some(([protocol, grid]) => {
    const line = grid.values[0];
    if (!line || isIcmp(protocol)) return false;
    return [...exceptions(line, true)].some(({ bits }) => bits > 0);
  });
}

/**
 * The elements of `row`, which does not depend on the source port and is found under `id`. A row
 * that is the same for every packet needs but its default.
 */
export function* elementsOf(row: Row, id: number): Generator<RowElement> {
  const key = formatRegister(id);
  yield ["vd", key, row.rest];
  for (const [protocol, grid] of row.grids) {
    const line = grid.values[0];
    if (!line) continue;
    const usual = usualValue(line);
    if (usual !== row.rest) yield ["vp", `${key} . ${protocol}`, usual];
    for (const { first, bits, value } of exceptions(line, !isIcmp(protocol))) {
      const place = `${key} . ${protocol} . `;
      if (isIcmp(protocol)) {
        yield bits === 0
          ? ["vi", place + first, value]
          : ["vit", `${place}0x${(first >> 8).toString(16)}`, value];
      } else yield [PORT_MAPS[bits], place + blockKey(first, bits), value];
    }
  }
}

/** The rows that `row`, which depends on the source port, leads to: by protocol and port, and else. */
export function* sourceElementsOf(
  row: Row,
  id: number,
  idOf: (row: Row) => number,
): Generator<RowElement> {
  const key = formatRegister(id);
  const usual = rowOf(
    row.rest,
    row.grids.map(([protocol, grid]) => [protocol, single(usualValue(grid))] as const),
  );
  yield ["vsd", key, idOf(usual)];
  for (const [protocol, grid] of row.grids) {
    for (const { first, bits, value } of exceptions(grid, true)) {
      const others = usual.grids.filter(([other]) => other !== protocol);
      const led = idOf(rowOf(row.rest, [...others, [protocol, single(value)]]));
      yield [SOURCE_MAPS[bits], `${key} . ${protocol} . ${blockKey(first, bits)}`, led];
    }
  }
}

const PORT_MAPS = { 0: "v", 4: "v16", 8: "v256" } as const;
const SOURCE_MAPS = { 0: "vs", 4: "vs16", 8: "vs256" } as const;

/** An aligned block of `2 ** bits` numbers that have a value other than the usual one. */
interface Exception<T> {
  readonly first: number;
  readonly bits: 0 | 4 | 8;
  readonly value: T;
}

/** Cut into as few blocks as will do; blocks of 16 only if `sixteens`. */
function* exceptions<T>(steps: Steps<T>, sixteens: boolean): Generator<Exception<T>> {
  const usual = usualValue(steps);
  for (const [start, last, value] of runs(steps)) {
    if (value === usual) continue;
    for (let first = start; first <= last; ) {
      const fits = (bits: 4 | 8) => first % 2 ** bits === 0 && first + 2 ** bits - 1 <= last;
      const bits = fits(8) ? 8 : sixteens && fits(4) ? 4 : 0;
      yield { first, bits, value };
      first += 2 ** bits;
    }
  }
}

/** The value at most numbers; of several, the one that comes first. */
function usualValue<T>(steps: Steps<T>): T {
  const counts = new Map<T, number>();
  for (const [first, last, value] of runs(steps)) {
    counts.set(value, (counts.get(value) ?? 0) + last - first + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (!most) throw new Error("steps without a value");
  return most[0];
}

/** Blocks of 256 are matched by the port's upper byte, as a bare number, which nft prints so. */
function blockKey(first: number, bits: 0 | 4 | 8): string {
  return bits === 8 ? `0x${(first >> 8).toString(16)}` : String(first);
}

function single<T>(value: T): Steps<T> {
  return { at: [0], values: [value] };
}

/** Equal lines made one object, so that neighbours that are equal are one. */
function canonicalGrid(grid: Grid<number>): Grid<number> {
  if (grid.values.length === 1) return grid;
  const lines = new Map<string, Steps<number>>();
  return mapSteps(grid, (line) => {
    const text = lineText(line);
    const known = lines.get(text) ?? line;
    lines.set(text, known);
    return known;
  });
}

function gridConstant(grid: Grid<number>): number | undefined {
  const line = constantValue(grid);
  return line && constantValue(line);
}

function gridText(grid: Grid<number>): string {
  return grid.at.map((at, i) => `@${at}${lineText(grid.values[i] ?? single(0))}`).join("");
}

function lineText({ at, values }: Steps<number>): string {
  return at.map((from, i) => `,${from}=${values[i]}`).join("");
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}
