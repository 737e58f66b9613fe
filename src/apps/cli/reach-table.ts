/** Who reaches whom as a truth table, for clusters that fit a screen. */
import type { Matrix } from "./reach-matrix.ts";
import { formatTable } from "./table.ts";

/** Rows reach columns; `.` is nothing, and a legend says what the other signs are. */
export function* reachTable({ names, legend, at }: Matrix): Generator<string> {
  const header = ["", "", ...names.map((_, i) => `${i + 1}`)];
  const rows = names.map((name, row) => [
    `${row + 1}`,
    name,
    ...names.map((_, column) => signOf(at(row, column))),
  ]);
  yield* formatTable([header, ...rows], 2);
  yield "";
  yield "Rows reach columns. . nothing";
  yield* formatTable(
    legend.map(({ sign, words }) => [sign, words]),
    2,
  );

  function signOf(place: number | undefined): string {
    return (place !== undefined && legend[place]?.sign) || ".";
  }
}
