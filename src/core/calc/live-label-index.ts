/**
 * Which selectors select which objects, kept up to date as either change.
 *
 * An object has labels of its own and inherits those of its profiles: its own come first, then those
 * of the first profile. A watched selector hangs at one thing that it demands: the values that a label
 * may have, or a label that must be there, whichever has the fewest objects and selectors; without a
 * demand it floats at every label that it mentions. So an object that comes meets the selectors that
 * its labels lead to, and one whose label changes those of them that mention the label.
 */

import { restrictions } from "../selector/restrictions.ts";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import { changedLabels, labelsIn, type Rows, RowsView, rowsOf } from "./label-rows.ts";
import {
  type Anchor,
  type Item,
  type Label,
  LabelStore,
  type Lineage,
  type Pair,
  type Watch,
  type Watcher,
} from "./label-store.ts";
import { countOf, each, withOne, withoutOne } from "./some.ts";

const NO_LABELS: Labels = new Map();

export class LiveLabelIndex<T> {
  readonly #store = new LabelStore<T>();
  readonly #items = new Set<Item<T>>();
  /** Those that demand nothing. */
  readonly #floating = new Set<Watch<T>>();
  readonly #view = new RowsView<T>(this.#store.labels);
  readonly #before = new RowsView<T>(this.#store.labels);
  #watches = 0;
  #question = 0;

  /** Tells the watchers of the selectors that select it. `profiles` are in order of precedence. */
  add(value: T, labels: Labels, profiles: readonly string[]): Item<T> {
    const item: Item<T> = { value, pairs: [], lineage: undefined, seen: 0 };
    this.#items.add(item);
    this.#store.join(item, this.#store.pairsOf(labels), this.#store.lineage(profiles));
    for (const { watcher } of this.matching(item)) watcher.start(value);
    return item;
  }

  /** Tells the watchers of the selectors that cease or begin to select it. */
  relabel(item: Item<T>, labels: Labels, profiles: readonly string[]): void {
    const { pairs, lineage } = item;
    const before = rowsOf(item);
    this.#store.leave(item);
    this.#store.join(item, this.#store.pairsOf(labels), this.#store.lineage(profiles));
    this.#flip(item, before, rowsOf(item));
    this.#forget(pairs, lineage);
  }

  /** Tells the watchers of the selectors that selected it. */
  remove(item: Item<T>): void {
    for (const { watcher } of this.matching(item)) watcher.stop(item.value);
    const { pairs, lineage } = item;
    this.#items.delete(item);
    this.#store.leave(item);
    this.#forget(pairs, lineage);
  }

  /** The labels that a profile hands on from now on; without any it need not exist. */
  setProfile(name: string, labels: Labels = NO_LABELS): void {
    const profile = this.#store.profile(name);
    const pairs = this.#store.pairsOf(labels);
    const before = this.#store.relabelProfile(profile, pairs);
    if (changedLabels([before], [pairs]).size > 0) {
      for (const lineage of each(profile.lineages)) {
        const after = lineage.profiles.map((one) => one.pairs);
        const old = lineage.profiles.map((one) => (one === profile ? before : one.pairs));
        for (const item of each(lineage.items)) {
          this.#flip(item, [item.pairs, ...old], [item.pairs, ...after]);
        }
      }
    }
    this.#store.forgetPairs(before);
    this.#store.forgetProfile(profile);
  }

  /** The labels that a profile hands on. */
  labelsOf(profile: string): Labels {
    const pairs = this.#store.findProfile(profile)?.pairs ?? [];
    return new Map(pairs.map(({ label, value }) => [label.name, value]));
  }

  /** From now on `watcher` is told when `selector` begins or ceases to select an object. */
  watch<W extends Watcher<T>>(selector: Selector, watcher: W): Watch<T, W> {
    const watch = { selector, watcher, anchor: this.#anchorOf(selector), seen: 0 };
    const { anchor } = watch;
    this.#watches++;
    if (anchor === "anywhere") {
      this.#floating.add(watch);
      for (const name of new Set(labelsIn(selector))) {
        const label = this.#store.label(name);
        label.floating = withOne(label.floating, watch);
      }
    } else if (anchor !== "never") {
      for (const at of anchor) at.watches = withOne(at.watches, watch);
    }
    return watch;
  }

  unwatch(watch: Watch<T>): void {
    const { anchor, selector } = watch;
    this.#watches--;
    if (anchor === "anywhere") {
      this.#floating.delete(watch);
      for (const name of new Set(labelsIn(selector))) {
        const label = this.#store.label(name);
        label.floating = withoutOne(label.floating, watch);
        this.#store.forgetLabel(label);
      }
    } else if (anchor !== "never") {
      for (const at of anchor) {
        at.watches = withoutOne(at.watches, watch);
        if ("value" in at) this.#store.forgetPairs([at]);
        else this.#store.forgetLabel(at);
      }
    }
  }

  /** What `selector` selects, without trying everything where it demands anything. */
  select(selector: Selector): T[] {
    const found: T[] = [];
    for (const item of this.#candidates(selector)) {
      this.#view.rows = rowsOf(item);
      if (matches(selector, this.#view)) found.push(item.value);
    }
    return found;
  }

  /** The watches whose selectors select `item`. */
  matching(item: Item<T>): Watch<T>[] {
    if (this.#watches === 0) return [];
    const rows = rowsOf(item);
    const found = [...this.#floating];
    this.#question++;
    for (const row of rows) for (const pair of row) this.#collect(pair, found);
    this.#view.rows = rows;
    return found.filter(({ selector }) => matches(selector, this.#view));
  }

  /** How much is held: nothing when nothing is in it and nothing watched. */
  get holdings(): Readonly<Record<string, number>> {
    return { items: this.#items.size, watches: this.#watches, ...this.#store.holdings };
  }

  #forget(pairs: readonly Pair<T>[], lineage: Lineage<T> | undefined): void {
    this.#store.tidy(pairs);
    this.#store.forgetPairs(pairs);
    if (lineage) this.#store.forgetLineage(lineage);
  }

  /** Tells the watchers of the selectors that a label which differs makes answer otherwise. */
  #flip(item: Item<T>, before: Rows<T>, after: Rows<T>): void {
    const changed = changedLabels(before, after);
    if (changed.size === 0) return;
    const found: Watch<T>[] = [];
    this.#question++;
    for (const row of before) for (const pair of row) this.#collect(pair, found);
    for (const row of after) for (const pair of row) this.#collect(pair, found);
    for (const { floating } of changed) {
      for (const watch of each(floating)) this.#see(watch, found);
    }
    this.#before.rows = before;
    this.#view.rows = after;
    for (const { selector, watcher } of found) {
      const selected = matches(selector, this.#before);
      if (matches(selector, this.#view) === selected) continue;
      if (selected) watcher.stop(item.value);
      else watcher.start(item.value);
    }
  }

  /** Adds the watches that hang at a pair or its label, each once in a question. */
  #collect({ watches, label }: Pair<T>, found: Watch<T>[]): void {
    if (watches) for (const watch of each(watches)) this.#see(watch, found);
    if (label.watches) for (const watch of each(label.watches)) this.#see(watch, found);
  }

  #see(watch: Watch<T>, found: Watch<T>[]): void {
    if (watch.seen === this.#question) return;
    watch.seen = this.#question;
    found.push(watch);
  }

  /** Of the demands of `selector` the one that the fewest objects and watches share. */
  #anchorOf(selector: Selector): Anchor<T> {
    let best: { readonly name: string; readonly oneOf?: readonly string[] | undefined } | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [name, { mustBePresent, mustBeAbsent, oneOf }] of restrictions(selector)) {
      if (oneOf?.length === 0 || (mustBePresent && mustBeAbsent)) return "never";
      if (!mustBePresent) continue;
      const label = this.#store.labels.get(name);
      const crowd = label ? crowdAt(label, oneOf) : 0;
      if (crowd > least || (crowd === least && (!oneOf || best?.oneOf))) continue;
      least = crowd;
      best = { name, oneOf };
    }
    if (!best) return "anywhere";
    const label = this.#store.label(best.name);
    return best.oneOf ? best.oneOf.map((value) => this.#store.pair(label, value)) : [label];
  }

  #candidates(selector: Selector): Iterable<Item<T>> {
    let best: readonly Pair<T>[] | undefined;
    let least = this.#items.size;
    for (const [name, { mustBePresent, oneOf }] of restrictions(selector)) {
      if (!mustBePresent) continue;
      const label = this.#store.labels.get(name);
      if (!label) return [];
      const pairs = oneOf?.flatMap((value) => label.values.get(value) ?? []);
      const size = pairs ? total(pairs, carriersOf) : label.carriers;
      if (size > least || (size === least && best)) continue;
      least = size;
      best = pairs ?? [...label.values.values()];
    }
    return best ? carriersAmong(best, ++this.#question) : this.#items;
  }
}

function crowdAt<T>(label: Label<T>, oneOf: readonly string[] | undefined): number {
  if (!oneOf) return label.carriers + countOf(label.watches);
  return total(oneOf, (value) => {
    const pair = label.values.get(value);
    return pair ? carriersOf(pair) + countOf(pair.watches) : 0;
  });
}

/** How many objects have a pair or inherit it. */
function carriersOf<T>({ carriers, profiles }: Pair<T>): number {
  let count = carriers;
  for (const { lineages } of each(profiles)) {
    for (const lineage of each(lineages)) count += countOf(lineage.items);
  }
  return count;
}

/** Every object that has one of the pairs or inherits it, each once in a question; and others. */
function carriersAmong<T>(pairs: readonly Pair<T>[], question: number): Item<T>[] {
  const found: Item<T>[] = [];
  const see = (item: Item<T>): void => {
    if (item.seen === question || !item.lineage) return;
    item.seen = question;
    found.push(item);
  };
  for (const { items, profiles } of pairs) {
    for (const item of each(items)) see(item);
    for (const { lineages } of each(profiles)) {
      for (const lineage of each(lineages)) for (const item of each(lineage.items)) see(item);
    }
  }
  return found;
}

function total<V>(of: readonly V[], count: (one: V) => number): number {
  let sum = 0;
  for (const one of of) sum += count(one);
  return sum;
}
