// LEAD TO HELPER G, 20:50: by mistake I overwrote your uncommitted label-rows.ts; this is HEAD's text. Please write yours again from memory.
// (My own idea, pairs as numbers and rows in an Int32Array pool, is in /tmp/lead/variant/ for you to take from; these files are yours now, I keep out.)
/** The labels that an object has by its rows: its own pairs first, then those of each profile. */

import type { LabelSource, Selector } from "../selector/selector.ts";
import type { Item, Label, Pair } from "./label-store.ts";

export type Rows<T> = readonly (readonly Pair<T>[])[];

export function rowsOf<T>({ pairs, lineage }: Item<T>): Rows<T> {
  const profiles = lineage?.profiles ?? [];
  const rows = new Array<readonly Pair<T>[]>(profiles.length + 1);
  rows[0] = pairs;
  for (let i = 0; i < profiles.length; i++) rows[i + 1] = profiles[i]?.pairs ?? [];
  return rows;
}

/** Rows as selectors ask them. One view is moved from object to object. */
export class RowsView<T> implements LabelSource {
  readonly #labels: ReadonlyMap<string, Label<T>>;
  rows: Rows<T> = [];

  constructor(labels: ReadonlyMap<string, Label<T>>) {
    this.#labels = labels;
  }

  get(name: string): string | undefined {
    const label = this.#labels.get(name);
    return label && valueIn(this.rows, label);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

/** The labels that differ between two objects' rows. */
export function changedLabels<T>(before: Rows<T>, after: Rows<T>): ReadonlySet<Label<T>> {
  const changed = new Set<Label<T>>();
  for (const row of before) {
    for (const { label } of row) {
      if (valueIn(before, label) !== valueIn(after, label)) changed.add(label);
    }
  }
  for (const row of after) {
    for (const { label } of row) {
      if (valueIn(before, label) !== valueIn(after, label)) changed.add(label);
    }
  }
  return changed;
}

function valueIn<T>(rows: Rows<T>, label: Label<T>): string | undefined {
  for (const row of rows) {
    for (const pair of row) if (pair.label === label) return pair.value;
  }
  return undefined;
}

/** Every label that `selector` mentions; some more than once. */
export function labelsIn(selector: Selector): string[] {
  switch (selector.op) {
    case "all":
    case "global":
      return [];
    case "not":
      return labelsIn(selector.term);
    case "and":
    case "or":
      return selector.terms.flatMap(labelsIn);
    default:
      return [selector.label];
  }
}
