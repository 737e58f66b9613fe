/** Who reaches whom as a square: everyone in rows and columns, in each cell a sign of what passes. */
import type { Reached } from "../../core/analysis/reach.ts";
import { connectionWords } from "./reach-text.ts";

export interface Matrix {
  /** Everyone that is in the answer, in its order. */
  readonly names: readonly string[];
  /** What passes, each once, in the order of the signs. */
  readonly legend: readonly { readonly sign: string; readonly words: string }[];
  /** The place in the legend of what passes from a row to a column; undefined for nothing. */
  readonly at: (row: number, column: number) => number | undefined;
}

/** The square of `members` and whoever else is in the answer. */
export function matrixOf(rows: Iterable<Reached>, members: readonly string[]): Matrix {
  const places = new Map(members.map((name, i) => [name, i]));
  const placeOf = (name: string): number => {
    const known = places.get(name) ?? places.size;
    places.set(name, known);
    return known;
  };
  const legend = new Map<string, number>();
  const cells = new Map<string, number>();
  for (const row of rows) {
    const words = connectionWords(row);
    const place = legend.get(words) ?? legend.size;
    legend.set(words, place);
    cells.set(`${placeOf(row.from)} ${placeOf(row.to)}`, place);
  }
  return {
    names: [...places.keys()],
    legend: withSigns([...legend.keys()]),
    at: (row, column) => cells.get(`${row} ${column}`),
  };
}

/** `+` for all, else letters: a, b … z, aa, ab … */
function withSigns(all: readonly string[]): Matrix["legend"] {
  let letters = 0;
  return all.map((words) => ({ sign: words === "all" ? "+" : lettersOf(++letters), words }));
}

function lettersOf(number: number): string {
  const last = String.fromCharCode(97 + ((number - 1) % 26));
  return number > 26 ? `${lettersOf(Math.floor((number - 1) / 26))}${last}` : last;
}
