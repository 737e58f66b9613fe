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

/** So many questions take less time than filing does. */
const BEFORE_FILING = 4;

/**
 * An immutable index of items under selectors. Who asks about a few labels only has every selector
 * tried; with more the items are filed first.
 */
export class SelectorIndex<T> {
  readonly #entries: readonly Entry<T>[];
  readonly #answers = new Map<string, readonly T[]>();
  #files: Files<T> | undefined;

  constructor(items: readonly T[], selectorOf: (item: T) => Selector) {
    this.#entries = items.map((item, place) => ({ place, selector: selectorOf(item), item }));
  }

  /** The items whose selectors select `labels`, in the order in which they were given. */
  matching(labels: Labels): readonly T[] {
    return once(this.#answers, labelsKey(labels), () =>
      this.#candidates(labels)
        .filter((entry) => matches(entry.selector, labels))
        .sort((a, b) => a.place - b.place)
        .map((entry) => entry.item),
    );
  }

  /** Those that may select `labels`. */
  #candidates(labels: Labels): readonly Entry<T>[] {
    if (this.#answers.size < BEFORE_FILING) return this.#entries;
    this.#files ??= new Files(this.#entries);
    return this.#files.candidates(labels);
  }
}

/**
 * Items, each filed under one label that its selector demands: the one for which the selectors
 * together name the most values, as that tells them apart best.
 */
class Files<T> {
  readonly #byValue = new Map<string, Map<string, Entry<T>[]>>();
  readonly #byLabel = new Map<string, Entry<T>[]>();
  readonly #anywhere: Entry<T>[] = [];

  constructor(entries: readonly Entry<T>[]) {
    const demands = entries.map((entry) => demanded(entry.selector));
    const variety = countValues(demands);
    for (const [i, entry] of entries.entries()) this.#file(entry, demands[i] ?? [], variety);
  }

  /** Those that may select `labels`, in no order. */
  candidates(labels: Labels): Entry<T>[] {
    const found = [...this.#anywhere];
    for (const [label, value] of labels) {
      found.push(...(this.#byLabel.get(label) ?? []));
      found.push(...(this.#byValue.get(label)?.get(value) ?? []));
    }
    return found;
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
