/**
 * The pointer map `rows`: which row a stage has for each class. Most classes of a stage have one row
 * in common, which stands once, for class 0; the map holds the classes that differ from it.
 */
import type { PointedRows, StageRows } from "./allocation.ts";
import type { Before } from "./classes.ts";
import type { Part } from "./parts.ts";

/** The row of each part in one stage, by part index; undefined where no packet can ask. */
export type PartRows = readonly (number | undefined)[];

export interface Pointers {
  readonly rows: StageRows;
  /** Stage and class to the row to start with, for pointers that are new. */
  readonly bridge: StageRows;
  /** Some pointers say no more than their stage's usual row, which they did not before. */
  readonly lingering: boolean;
}

/** What the rows were before, for classes that are to move. */
export function rowsBefore(old: StageRows, stages: ReadonlyMap<number, PartRows>): Before {
  return {
    alike: (a, b) =>
      a === b || [...old.values()].every((rows) => rowIn(rows, a) === rowIn(rows, b)),
    mayMove: (from, to, part: Part) =>
      [...old].every(([stage, rows]) => {
        const there = rowIn(rows, to);
        return there === rowIn(rows, from) || there === stages.get(stage)?.[part.index];
      }),
  };
}

/**
 * The pointers for `stages`, and how to get there from `old`. A class that had no pointer of its own
 * and needs one starts with what it had by the usual row. One that now has the usual row keeps its
 * pointer for this once, so that no packet meets the old usual row in between.
 */
export function pointersFor(
  stages: ReadonlyMap<number, PartRows>,
  partOf: ReadonlyMap<number, Part>,
  splitFrom: ReadonlyMap<number, number>,
  old: StageRows,
): Pointers {
  const rows = new Map<number, PointedRows>();
  const bridge = new Map<number, PointedRows>();
  let lingering = false;
  for (const [stage, partRows] of stages) {
    const before = old.get(stage);
    const usual = usualRow(partRows, partOf, before?.usual);
    const byClass = new Map<number, number>();
    const start = new Map<number, number>();
    for (const [classId, part] of partOf) {
      const wanted = partRows[part.index] ?? usual;
      const held = before?.byClass.get(classId);
      const had = before && rowIn(before, splitFrom.get(classId) ?? classId);
      const needed = wanted !== usual || (held ?? before?.usual) !== had;
      const lingers = !needed && held !== undefined && held !== usual;
      if (!needed && !lingers) continue;
      if (wanted === usual) lingering = true;
      byClass.set(classId, wanted);
      if (held === undefined && had !== undefined) start.set(classId, had);
    }
    rows.set(stage, { usual, byClass });
    if (start.size > 0) bridge.set(stage, { usual, byClass: start });
  }
  for (const [stage, before] of old) {
    if (stages.has(stage)) continue;
    // On its way out, but packets still meet it with the classes that are new.
    const start = new Map<number, number>();
    for (const [classId, from] of splitFrom) {
      const had = rowIn(before, from);
      if (had !== before.usual) start.set(classId, had);
    }
    if (start.size > 0) bridge.set(stage, { usual: before.usual, byClass: start });
  }
  return { rows, bridge, lingering };
}

function rowIn({ usual, byClass }: PointedRows, classId: number): number {
  return byClass.get(classId) ?? usual;
}

/** The row that most classes have; of several, the one that was usual, else the lowest. */
function usualRow(
  partRows: PartRows,
  partOf: ReadonlyMap<number, Part>,
  before: number | undefined,
): number {
  const counts = new Map<number, number>();
  for (const part of partOf.values()) {
    const row = partRows[part.index];
    if (row !== undefined) counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const rank = (row: number) => (row === before ? -1 : row);
  const [most] = [...counts].sort(([a, x], [b, y]) => y - x || rank(a) - rank(b));
  if (!most) throw new Error("a stage without rows");
  return most[0];
}
