/**
 * Which selectors select which objects, kept up to date as either change.
 *
 * An object has labels of its own and inherits those of its profiles: its own come first, then those
 * of the first profile. A watched selector hangs at one thing that it demands: the values that a label
 * may have, or a label that must be there, whichever has the fewest objects and selectors; without a
 * demand it floats at every label that it mentions. So an object that comes meets the selectors that
 * its labels lead to and all that float; one whose label changes the former too, before and after, and
 * of those that float the ones that mention the label.
 */

import { labelsIn } from "../selector/labels-in.ts";
import { type LabelRestrictions, restrictions } from "../selector/restrictions.ts";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import { changedLabels, EMPTY_ROW, RowsView, rowsOf, valueIn } from "./label-rows.ts";
import { LabelStore, NO_LABELS } from "./label-store.ts";
import { textOf } from "./label-values.ts";
import {
  type Anchor,
  type Item,
  type Label,
  type Lineage,
  Listing,
  type Profile,
  type Row,
  type Rows,
  type Value,
  type Watch,
  type Watcher,
} from "./labelled.ts";
import { belonging, type Roll } from "./roll.ts";
import { countOf, each, withOne, withoutOne } from "./some.ts";

/** Objects, profiles and watched selectors. Nothing of it is kept once it is removed or unwatched. */
export class LiveLabelIndex<T> {
  readonly #store = new LabelStore<T>();
  /** Those that demand nothing. */
  readonly #floating = new Set<Watch<T>>();
  readonly #view = new RowsView<T>(this.#store.labels);
  readonly #before = new RowsView<T>(this.#store.labels);
  #watches = 0;
  #question = 0;
  #restricted: { readonly selector: Selector; readonly labels: LabelRestrictions } | undefined;

  /** Tells the watchers of the selectors that select it. `profiles` are in order of precedence. */
  add(value: T, labels: Labels, profiles: readonly string[]): Item<T> {
    const item = this.#store.add(value, labels, this.#store.lineage(profiles));
    for (const { watcher } of this.matching(item)) watcher.start(value);
    return item;
  }

  /** Tells the watchers of the selectors that cease or begin to select it. */
  relabel(item: Item<T>, labels: Labels, profiles: readonly string[]): void {
    const profilesBefore = item.lineage.profiles;
    const row = this.#store.relabel(item, labels);
    const before = [row, ...profilesBefore];
    const lineage = this.#store.inherit(item, this.#store.lineage(profiles));
    this.#flip(item, before, rowsOf(item));
    this.#store.drop(item, row);
    this.#store.forgetLineage(lineage);
  }

  /** Tells the watchers of the selectors that selected it. */
  remove(item: Item<T>): void {
    for (const { watcher } of this.matching(item)) watcher.stop(item.value);
    this.#store.remove(item);
  }

  /** The labels that a profile hands on from now on; without any it need not exist. */
  setProfile(name: string, labels: Labels = NO_LABELS): void {
    const profile = this.#store.profile(name);
    const before = this.#store.relabel(profile, labels);
    if (profile.lineages && changedLabels([before], [profile]).size > 0) {
      for (const lineage of each(profile.lineages)) {
        const old = lineage.profiles.map((one) => (one === profile ? before : one));
        for (const item of belonging([lineage], (one) => one.lineage === lineage)) {
          this.#flip(item, [item, ...old], rowsOf(item));
        }
      }
    }
    this.#store.drop(profile, before);
    this.#store.forgetProfile(profile);
  }

  /** The labels that a profile hands on. */
  labelsOf(profile: string): Labels {
    const { labels, values } = this.#store.known(profile) ?? EMPTY_ROW;
    return new Map(labels.map(({ name }, i) => [name, values[i] ?? ""]));
  }

  /** From now on `watcher` is told when `selector` begins or ceases to select an object. */
  watch<W extends Watcher<T>>(selector: Selector, watcher: W): Watch<T, W> {
    const watch = { selector, watcher, anchor: this.#anchorOf(selector), seen: 0 };
    const { anchor } = watch;
    this.#watches++;
    if (anchor === "anywhere") {
      this.#floating.add(watch);
      for (const name of labelsIn(selector)) {
        const label = this.#store.label(name);
        label.floating = withOne(label.floating, watch);
      }
    } else if (anchor !== "never") {
      for (const at of anchor) {
        at.watches = withOne(at.watches, watch);
        if (at instanceof Listing) at.label.watchedValues++;
      }
    }
    return watch;
  }

  unwatch(watch: Watch<T>): void {
    const { anchor, selector } = watch;
    this.#watches--;
    if (anchor === "anywhere") {
      this.#floating.delete(watch);
      for (const name of labelsIn(selector)) {
        const label = this.#store.label(name);
        label.floating = withoutOne(label.floating, watch);
        this.#store.forgetLabel(label);
      }
    } else if (anchor !== "never") {
      for (const at of anchor) {
        at.watches = withoutOne(at.watches, watch);
        if (at instanceof Listing) {
          at.label.watchedValues--;
          this.#store.forgetListing(at);
        } else this.#store.forgetLabel(at);
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
    for (const row of rows) this.#collect(row, found);
    this.#view.rows = rows;
    return found.filter(({ selector }) => matches(selector, this.#view));
  }

  /** How much is held: nothing when nothing is in it and nothing watched. */
  get holdings(): Readonly<Record<string, number>> {
    return { items: this.#store.size, watches: this.#watches, ...this.#store.holdings };
  }

  /** Tells the watchers of the selectors that a label which differs makes answer otherwise. */
  #flip(item: Item<T>, before: Rows<T>, after: Rows<T>): void {
    const changed = changedLabels(before, after);
    if (changed.size === 0) return;
    const found: Watch<T>[] = [];
    this.#question++;
    for (const row of before) this.#collect(row, found);
    for (const row of after) this.#collect(row, found);
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

  /** Adds the watches that hang at labels of a row or at their values, each once in a question. */
  #collect({ labels, values }: Row<T>, found: Watch<T>[]): void {
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i];
      if (!label) continue;
      if (label.watches) for (const watch of each(label.watches)) this.#see(watch, found);
      if (label.watchedValues === 0) continue;
      const at = label.values?.get(values[i] ?? "");
      if (!(at instanceof Listing)) continue;
      for (const watch of each(at.watches)) this.#see(watch, found);
    }
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
    for (const [name, { mustBePresent, mustBeAbsent, oneOf }] of this.#restrictionsOf(selector)) {
      if (oneOf?.length === 0 || (mustBePresent && mustBeAbsent)) return "never";
      if (!mustBePresent) continue;
      const crowd = this.#crowdAt(name, oneOf);
      if (crowd > least || (crowd === least && (!oneOf || best?.oneOf))) continue;
      least = crowd;
      best = { name, oneOf };
    }
    if (!best) return "anywhere";
    const label = this.#store.label(best.name);
    return best.oneOf ? best.oneOf.map((value) => this.#store.listing(label, value)) : [label];
  }

  /** How many objects and selectors share what `oneOf` demands of a label. */
  #crowdAt(name: string, oneOf: readonly string[] | undefined): number {
    const label = this.#store.labels.get(name);
    if (!label) return 0;
    const values = this.#store.valuesOf(label);
    if (!oneOf) return label.carriers + countOf(label.watches);
    return total(oneOf, (value) => {
      const at = values.get(value);
      return at ? carriersOf(at) + (at instanceof Listing ? countOf(at.watches) : 0) : 0;
    });
  }

  #candidates(selector: Selector): readonly Item<T>[] {
    let best: Carriers<T> | undefined;
    let least = this.#store.size;
    for (const [name, { mustBePresent, oneOf }] of this.#restrictionsOf(selector)) {
      if (!mustBePresent) continue;
      const label = this.#store.labels.get(name);
      if (!label) return [];
      const all = this.#store.valuesOf(label);
      const some = oneOf?.flatMap((value) => all.get(value) ?? []);
      const size = some ? total(some, carriersOf) : label.carriers;
      if (size > least || (size === least && best)) continue;
      least = size;
      best = { label, values: some ?? all };
    }
    return best ? carriersAmong(best) : this.#store.all();
  }

  /** A selector is mostly asked when it has just been watched. */
  #restrictionsOf(selector: Selector): LabelRestrictions {
    if (this.#restricted?.selector !== selector) {
      this.#restricted = { selector, labels: restrictions(selector) };
    }
    return this.#restricted.labels;
  }
}

/** Who has one of some values of a label. */
interface Carriers<T> {
  readonly label: Label<T>;
  readonly values: readonly Value<T>[] | ReadonlyMap<string, Value<T>>;
}

/** How many objects have a value. */
function carriersOf<T>(at: Value<T>): number {
  if (!(at instanceof Listing)) return "lineages" in at ? heirs([at]) : 1;
  return at.size + heirs(each(at.profiles));
}

function heirs<T>(profiles: Iterable<Profile<T>>): number {
  let count = 0;
  for (const { lineages } of profiles) for (const { size } of each(lineages)) count += size;
  return count;
}

/** Every object that has one of the values or inherits it, each once. */
function carriersAmong<T>({ label, values }: Carriers<T>): readonly Item<T>[] {
  const own: Roll<Item<T>>[] = [];
  const inherited: Lineage<T>[] = [];
  const inherit = ({ lineages }: Profile<T>): void => {
    for (const lineage of each(lineages)) inherited.push(lineage);
  };
  const all = Array.isArray(values) ? values : [...values.values()];
  for (const at of all) {
    if (at instanceof Listing) {
      own.push(at);
      for (const profile of each(at.profiles)) inherit(profile);
    } else if ("lineages" in at) inherit(at);
    else own.push({ entries: at, size: 1 });
  }
  const wanted = new Set(all.map((at) => textOf(at, label)));
  const has = (item: Item<T>): boolean => wanted.has(valueIn(item, label));
  const found = belonging(own, has);
  if (inherited.length === 0) return found;
  const lineages = new Set(inherited);
  // What an object has itself counts, whatever its profiles hand on.
  const inherits = (item: Item<T>): boolean =>
    lineages.has(item.lineage) && valueIn(item, label) === undefined;
  return [...found, ...belonging(inherited, inherits)];
}

function total<V>(of: readonly V[], count: (one: V) => number): number {
  let sum = 0;
  for (const one of of) sum += count(one);
  return sum;
}
