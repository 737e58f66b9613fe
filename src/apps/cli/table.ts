/**
 * Lays rows out in columns the way kubectl does: three spaces between columns, each as wide as its
 * widest cell, nothing after the last.
 */
export function formatTable(rows: readonly (readonly string[])[], gap = 3): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd((widths[i] ?? 0) + gap))
      .join("")
      .trimEnd(),
  );
}
