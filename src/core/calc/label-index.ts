/** Finds what a selector selects without asking every object. */
import { restrictions } from "../selector/restrictions.ts";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import { once } from "./once.ts";

/** Objects with equal labels, which every selector selects or leaves together. */
interface Group<T> {
  readonly labels: Labels;
  readonly members: T[];
}

/** So few groups are asked sooner than it is found out which of them to ask. */
const FEW = 8;

/** An immutable index of labelled objects. */
export class LabelIndex<T> {
  readonly #groups: readonly Group<T>[];
  readonly #byLabel = new Map<string, Group<T>[]>();
  readonly #byValue = new Map<string, Map<string, Group<T>[]>>();

  constructor(objects: Iterable<T>, labelsOf: (object: T) => Labels) {
    this.#groups = groupByLabels(objects, labelsOf);
    if (this.#groups.length <= FEW) return;
    for (const group of this.#groups) {
      for (const [label, value] of group.labels) {
        once(this.#byLabel, label, () => []).push(group);
        const values = once(this.#byValue, label, () => new Map<string, Group<T>[]>());
        once(values, value, () => []).push(group);
      }
    }
  }

  /** The objects that `selector` selects. */
  select(selector: Selector): T[] {
    return this.#candidates(selector)
      .filter((group) => matches(selector, group.labels))
      .flatMap((group) => group.members);
  }

  /** The smallest known superset of the selected groups. */
  #candidates(selector: Selector): readonly Group<T>[] {
    if (this.#groups.length <= FEW) return this.#groups;
    let smallest: readonly (readonly Group<T>[])[] = [this.#groups];
    for (const [label, { mustBePresent, oneOf }] of restrictions(selector)) {
      if (!mustBePresent) continue;
      const values = this.#byValue.get(label);
      const lists = oneOf
        ? oneOf.map((value) => values?.get(value) ?? [])
        : [this.#byLabel.get(label) ?? []];
      if (totalLength(lists) < totalLength(smallest)) smallest = lists;
    }
    return smallest.length === 1 ? (smallest[0] ?? []) : smallest.flat();
  }
}

function groupByLabels<T>(objects: Iterable<T>, labelsOf: (object: T) => Labels): Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const object of objects) {
    const labels = labelsOf(object);
    const group = once(groups, labelsKey(labels), () => ({ labels, members: [] }));
    group.members.push(object);
  }
  return [...groups.values()];
}

function totalLength(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((total, list) => total + list.length, 0);
}

/** Equal for labels in equal order; that equal labels in another order differ costs only time. */
export function labelsKey(labels: Labels): string {
  let key = "";
  for (const [label, value] of labels) key += `${label.length}:${label}${value.length}:${value}`;
  return key;
}
