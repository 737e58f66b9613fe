/** One measured number, and what it is measured against. */
export interface Figure {
  readonly bench: string;
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  /** What was measured beside it, in the same run. */
  readonly peer?: string;
  /** The median of value divided by the peer's, pair by pair. */
  readonly ratio?: number;
}

export function formatTable(figures: readonly Figure[]): string {
  const rows = [
    ["CASE", "VALUE", "UNIT", "RATIO", "TO"],
    ...figures.map((figure) => [
      figure.case,
      figure.value.toFixed(figure.value < 100 ? 2 : 0),
      figure.unit,
      figure.ratio?.toFixed(3) ?? "",
      figure.peer ?? "",
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = new Set([1, 3]);
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          const width = widths[i] ?? 0;
          return numeric.has(i) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** One object a line. */
export function formatJson(figures: readonly Figure[]): string {
  return figures.map((figure) => JSON.stringify({ peer: null, ratio: null, ...figure })).join("\n");
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The smallest value that `share` of them do not exceed. Throws RangeError at none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError("no values");
  return found;
}
