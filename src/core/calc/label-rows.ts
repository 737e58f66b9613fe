/** The labels that an object has by its rows: its own first, then those of each profile. */
import type { LabelSource } from "../selector/selector.ts";
import type { Item, Label, Row, Rows } from "./labelled.ts";

/** That of what has no labels. */
export const EMPTY_ROW: Row<never> = { labels: [], values: [] };

/** Those of the object as it is; they change with it. */
export function rowsOf<T>(item: Item<T>): Rows<T> {
  const { profiles } = item.lineage;
  const rows = new Array<Row<T>>(profiles.length + 1);
  rows[0] = item;
  for (let i = 0; i < profiles.length; i++) rows[i + 1] = profiles[i] ?? EMPTY_ROW;
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
    return label && valueAmong(this.rows, label);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

/** The labels that differ between two objects' rows. */
export function changedLabels<T>(before: Rows<T>, after: Rows<T>): ReadonlySet<Label<T>> {
  const changed = new Set<Label<T>>();
  for (const rows of [before, after]) {
    for (const { labels } of rows) {
      for (const label of labels) {
        if (valueAmong(before, label) !== valueAmong(after, label)) changed.add(label);
      }
    }
  }
  return changed;
}

function valueAmong<T>(rows: Rows<T>, label: Label<T>): string | undefined {
  for (const row of rows) {
    const value = valueIn(row, label);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The row's value of a label. */
export function valueIn<T>({ labels, values }: Row<T>, label: Label<T>): string | undefined {
  return values[labels.indexOf(label)];
}
