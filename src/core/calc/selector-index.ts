/** Finds which of many selectors select an object, without trying each. */
import { type LabelRestriction, restrictions } from "../selector/restrictions.ts";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import { labelsKey } from "./label-index.ts";
import { once } from "./once.ts";

interface Entry<T> {
  readonly place: number;
  readonly selector: Selector;
  readonly item: T;
}

/**
 * An immutable index of items under selectors. Each is filed under one label that its selector
 * demands: the one for which the selectors together name the most values, as that tells them apart
 * best.
 */
export class SelectorIndex<T> {
  readonly #byValue = new Map<string, Map<string, Entry<T>[]>>();
  readonly #byLabel = new Map<string, Entry<T>[]>();
  readonly #anywhere: Entry<T>[] = [];
  readonly #answers = new Map<string, readonly T[]>();

  constructor(items: readonly T[], selectorOf: (item: T) => Selector) {
    const entries = items.map((item, place) => ({ place, selector: selectorOf(item), item }));
    const demands = entries.map((entry) => demanded(entry.selector));
    const variety = countValues(demands);
    for (const [i, entry] of entries.entries()) this.#file(entry, demands[i] ?? [], variety);
  }

  /** The items whose selectors select `labels`, in the order in which they were given. */
  matching(labels: Labels): readonly T[] {
    return once(this.#answers, labelsKey(labels), () => this.#match(labels));
  }

  #file(entry: Entry<T>, demands: readonly Demand[], variety: ReadonlyMap<string, number>): void {
    const weight = ([label, values]: Demand) => (values ? (variety.get(label) ?? 0) : 0);
    const [best] = [...demands].sort((a, b) => weight(b) - weight(a));
    if (!best) {
      this.#anywhere.push(entry);
      return;
    }
    const [label, values] = best;
    if (!values) {
      once(this.#byLabel, label, () => []).push(entry);
      return;
    }
    const lists = once(this.#byValue, label, () => new Map<string, Entry<T>[]>());
    for (const value of values) once(lists, value, () => []).push(entry);
  }

  #match(labels: Labels): T[] {
    const candidates = [...this.#anywhere];
    for (const [label, value] of labels) {
      candidates.push(...(this.#byLabel.get(label) ?? []));
      candidates.push(...(this.#byValue.get(label)?.get(value) ?? []));
    }
    return candidates
      .filter((entry) => matches(entry.selector, labels))
      .sort((a, b) => a.place - b.place)
      .map((entry) => entry.item);
  }
}

/** A label that must be present, and the only values that will do if they are known. */
type Demand = readonly [label: string, values: readonly string[] | undefined];

function demanded(selector: Selector): Demand[] {
  return Array.from(restrictions(selector))
    .filter(([, restriction]: readonly [string, LabelRestriction]) => restriction.mustBePresent)
    .map(([label, restriction]) => [label, restriction.oneOf]);
}

function countValues(demands: readonly (readonly Demand[])[]): ReadonlyMap<string, number> {
  const values = new Map<string, Set<string>>();
  for (const [label, named] of demands.flat()) {
    const known = once(values, label, () => new Set());
    for (const value of named ?? []) known.add(value);
  }
  return new Map(Array.from(values, ([label, known]) => [label, known.size]));
}
