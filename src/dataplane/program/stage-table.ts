/**
 * The stages that a rendering uses: numbered, flattened to a row for each part of the address
 * space, every row once. A stage that gives every packet the same code has no number and no rows.
 */
import { once } from "../../core/calc/once.ts";
import type { Direction } from "../../core/model/policy.ts";
import type { Stage } from "../../core/policy/policy.ts";
import { type Allocation, Numberer } from "./allocation.ts";
import { flatten } from "./flatten.ts";
import { type Label, Labels } from "./labels.ts";
import type { AddressParts } from "./parts.ts";
import type { PartRows } from "./pointers.ts";
import {
  constantOf,
  constantRow,
  DENY,
  FIRST_ROW,
  MAX_NUMBERED_ROW,
  MAX_STAGE,
  numberedRow,
} from "./register.ts";
import { dependsOnSource, type Row, rowOf, textOf, usesBlocks } from "./row.ts";
import { type RowState, uniformLabel } from "./row-state.ts";
import { NOWHERE_EITHER, type OwnSide, type OwnSides } from "./sides.ts";
import { mapSteps } from "./steps.ts";

/** A stage as chains refer to it: its number, or the one code it always gives. */
export type StageRef =
  | { readonly number: number }
  | { readonly number: undefined; readonly code: number };

export class StageTable {
  readonly #parts: AddressParts;
  /** Gives the code whose chain logs the prefixes and then leaves the label's code. */
  readonly #codeOf: (label: Label) => number;
  readonly #labels = new Labels();
  /** Shared with whoever finds out which own sides there are. */
  readonly ownSides: OwnSides;
  readonly #numbers: Numberer;
  readonly #rowNumbers: Numberer;
  readonly #rows = new Map<string, { readonly row: Row; readonly id: number }>();
  readonly #rowIds = new Map<RowState, number>();
  readonly #refs: Record<Direction, Map<Stage, Map<string, StageRef>>> = {
    ingress: new Map(),
    egress: new Map(),
  };
  readonly #stages = new Map<number, PartRows>();
  #exhausted = false;

  constructor(
    parts: AddressParts,
    ownSides: OwnSides,
    codeOf: (label: Label) => number,
    previous: Allocation | undefined,
  ) {
    this.#parts = parts;
    this.ownSides = ownSides;
    this.#codeOf = codeOf;
    this.#numbers = new Numberer(previous?.stages, 1);
    this.#rowNumbers = new Numberer(previous?.rows, FIRST_ROW);
  }

  /** The stage as an endpoint with this own side has it. */
  refer(stage: Stage, direction: Direction, own: OwnSide): StageRef {
    const asks = this.ownSides.rulesAsking(stage, direction).length > 0;
    const key = asks ? this.ownSides.key(stage, direction, own) : "";
    const byKey = once(this.#refs[direction], stage, () => new Map<string, StageRef>());
    return once(byKey, key, () => {
      const side = asks ? own : NOWHERE_EITHER;
      const flat = flatten(stage, direction, side, this.#parts, this.#labels);
      const rows = flat.map((state) => state && this.#rowId(state));
      return this.referToRows(`${direction} ${stage.name}\n${key}`, rows);
    });
  }

  /** The stage called `name` that has these rows. */
  referToRows(name: string, rows: PartRows): StageRef {
    const distinct = new Set(rows.filter((row) => row !== undefined));
    const [only] = distinct;
    const code = distinct.size === 1 && only !== undefined ? constantOf(only) : undefined;
    if (code !== undefined) return { number: undefined, code };
    let number = this.#numbers.number(name);
    // Two stages of one name and different rows: told apart by what they hold.
    if (this.#stages.has(number) && !sameRows(this.#stages.get(number) ?? [], rows)) {
      number = this.#numbers.number(`${name}\n${rows.join()}`);
    }
    if (number > MAX_STAGE) {
      this.#exhausted = true;
      return { number: undefined, code: DENY };
    }
    this.#stages.set(number, rows);
    return { number };
  }

  /** The row that gives every packet this code. */
  uniformRow(code: number): number {
    return this.#idOf(rowOf(code, []));
  }

  /** There were more stages or rows than numbers: what was rendered is not to be applied. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  get stages(): ReadonlyMap<number, PartRows> {
    return this.#stages;
  }

  /** Every row in use, except those that stand for a code themselves. */
  get rows(): Iterable<{ readonly row: Row; readonly id: number }> {
    return this.#rows.values();
  }

  /** The id of a row, and of the rows that it leads to. */
  idOf(row: Row): number {
    return this.#idOf(row);
  }

  get memory(): Pick<Allocation, "stages" | "rows"> {
    return { stages: this.#numbers.memory, rows: this.#rowNumbers.memory };
  }

  #rowId(state: RowState): number {
    return once(this.#rowIds, state, () => {
      const code = (label: number) => this.#codeOf(this.#labels.label(label));
      const uniform = uniformLabel(state);
      if (uniform !== undefined) return this.#idOf(rowOf(code(uniform), []));
      const grids = Array.from(
        state.grids,
        ([protocol, grid]) => [protocol, mapSteps(grid, (line) => mapSteps(line, code))] as const,
      );
      return this.#idOf(rowOf(code(state.rest), grids));
    });
  }

  #idOf(row: Row): number {
    if (row.grids.length === 0 && row.rest < FIRST_ROW) return constantRow(row.rest);
    const text = textOf(row);
    const { id } = once(this.#rows, text, () => {
      const sources = dependsOnSource(row);
      const number = this.#rowNumbers.number(text);
      if (number > MAX_NUMBERED_ROW) this.#exhausted = true;
      return { row, id: numberedRow(number, { blocks: usesBlocks(row), sources }) };
    });
    return id;
  }
}

function sameRows(a: PartRows, b: PartRows): boolean {
  return a.length === b.length && a.every((row, i) => row === b[i]);
}
