/** Objects under labels, and the profiles whose labels they inherit. */
import type { Labels } from "../selector/selector.ts";
import { EMPTY_ROW, valueIn } from "./label-rows.ts";
import {
  carry,
  demand,
  forgetListing,
  isForgettable,
  leave,
  listingAt,
  lost,
  newLabel,
} from "./label-values.ts";
import type { Carrier, Item, Label, Lineage, Listing, Profile, Row, Value } from "./labelled.ts";
import { once } from "./once.ts";
import { belonging, enroll, type Roll, strike } from "./roll.ts";
import { withOne, withoutOne } from "./some.ts";

/** How many more lists of labels than objects are kept. */
const SPARE_LISTS = 100;

/** What has none. */
export const NO_LABELS: Labels = new Map();

/** Whatever is no longer carried nor asked for is forgotten. */
export class LabelStore<T> {
  readonly labels = new Map<string, Label<T>>();
  readonly #items: Roll<Item<T>> = { entries: undefined, size: 0 };
  readonly #profiles = new Map<string, Profile<T>>();
  /** Those of no profile or several, by the names. */
  readonly #lineages = new Map<string, Lineage<T>>();
  /** Lists of labels by a hash. */
  readonly #lists = new Map<number, readonly Label<T>[]>();
  #numbers = 0;
  /** Where those are that are gone. */
  readonly #nowhere: Lineage<T> = { profiles: [], entries: undefined, size: 0 };

  /** An object comes. */
  add(value: T, labels: Labels, lineage: Lineage<T>): Item<T> {
    const item: Item<T> = { value, ...EMPTY_ROW, lineage, seen: 0 };
    enroll(this.#items, item);
    enroll(lineage, item);
    this.relabel(item, labels);
    return item;
  }

  /** An object goes. */
  remove(item: Item<T>): void {
    this.drop(item, this.relabel(item, NO_LABELS));
    this.forgetLineage(this.inherit(item, this.#nowhere));
    strike(this.#items, ({ lineage }) => lineage !== this.#nowhere);
  }

  /**
   * From now on the object inherits from these profiles. Returns those that it inherited from, which
   * are to be forgotten when nobody asks for their labels any more.
   */
  inherit(item: Item<T>, lineage: Lineage<T>): Lineage<T> {
    const before = item.lineage;
    if (lineage === before) return before;
    item.lineage = lineage;
    if (lineage !== this.#nowhere) enroll(lineage, item);
    strike(before, (one) => one.lineage === before);
    return before;
  }

  /**
   * From now on the object or profile has these labels. Returns those that it had, which are to be
   * dropped when nobody asks for them any more.
   */
  relabel(carrier: Carrier<T>, labels: Labels): Row<T> {
    const before = { labels: carrier.labels, values: carrier.values };
    const row = this.#rowOf(carrier, labels);
    carrier.labels = row.labels;
    carrier.values = row.values;
    return before;
  }

  /** Forgets what the object or profile had before and no longer has. */
  drop(carrier: Carrier<T>, before: Row<T>): void {
    for (const [label, value] of lost(before, carrier)) {
      leave(label, value, carrier);
      this.forgetLabel(label);
    }
  }

  lineage(names: readonly string[]): Lineage<T> {
    const [first, ...others] = names.length > 1 ? new Set(names) : names;
    if (first === undefined || others.length > 0) return this.#lineageOf([...new Set(names)]);
    const profile = this.profile(first);
    profile.alone ??= newLineage([profile]);
    return profile.alone;
  }

  /** Unless an object has it. */
  forgetLineage(lineage: Lineage<T>): void {
    const { profiles, size } = lineage;
    if (size > 0 || lineage === this.#nowhere) return;
    const [first] = profiles;
    if (first?.alone === lineage) first.alone = undefined;
    else this.#lineages.delete(profiles.map(({ name }) => name).join("\n"));
    for (const profile of profiles) {
      profile.lineages = withoutOne(profile.lineages, lineage);
      this.forgetProfile(profile);
    }
  }

  /** Undefined when it has no labels and nobody names it. */
  known(name: string): Profile<T> | undefined {
    return this.#profiles.get(name);
  }

  profile(name: string): Profile<T> {
    const known = this.#profiles.get(name);
    if (known) return known;
    const profile: Profile<T> = {
      name,
      ...EMPTY_ROW,
      alone: undefined,
      lineages: undefined,
      seen: 0,
    };
    this.#profiles.set(name, profile);
    return profile;
  }

  forgetProfile(profile: Profile<T>): void {
    if (profile.labels.length === 0 && !profile.lineages) this.#profiles.delete(profile.name);
  }

  label(name: string): Label<T> {
    let label = this.labels.get(name);
    if (!label) {
      label = newLabel(name, ++this.#numbers);
      this.labels.set(name, label);
    }
    return label;
  }

  forgetLabel(label: Label<T>): void {
    if (!isForgettable(label)) return;
    this.labels.delete(label.name);
    this.#lists.clear();
  }

  /** The values of a label that a selector demands. */
  valuesOf(label: Label<T>): Map<string, Value<T>> {
    return demand(label, () => this.#carriers());
  }

  listing(label: Label<T>, value: string): Listing<T> {
    return listingAt(this.valuesOf(label), label, value);
  }

  forgetListing(listing: Listing<T>): void {
    forgetListing(listing);
    this.forgetLabel(listing.label);
  }

  /** Every object. */
  all(): Item<T>[] {
    return belonging([this.#items], ({ lineage }) => lineage !== this.#nowhere);
  }

  get size(): number {
    return this.#items.size;
  }

  get holdings(): Readonly<Record<string, number>> {
    let labelValues = 0;
    for (const { values } of this.labels.values()) labelValues += values?.size ?? 0;
    return {
      labels: this.labels.size,
      profiles: this.#profiles.size,
      lineages: this.#lineages.size,
      labelValues,
      labelLists: this.#lists.size,
    };
  }

  *#carriers(): Generator<Carrier<T>> {
    yield* this.all();
    yield* this.#profiles.values();
  }

  #rowOf(carrier: Carrier<T>, labels: Labels): Row<T> {
    if (labels.size === 0) return EMPTY_ROW;
    const list = this.#listOf(labels);
    const values = new Array<string>(list.length);
    let i = 0;
    for (const value of labels.values()) {
      const label = list[i];
      if (!label) continue;
      const known = carrier.labels.length === 0 ? undefined : valueIn(carrier, label);
      values[i++] = known === value ? known : carry(label, value, carrier);
    }
    return { labels: list, values };
  }

  /** Equal lists are one, mostly. */
  #listOf(labels: Labels): readonly Label<T>[] {
    let hash = labels.size;
    for (const name of labels.keys()) hash = (Math.imul(hash, 31) + this.label(name).number) | 0;
    const known = this.#lists.get(hash);
    if (known && isListOf(known, labels)) return known;
    // Most are of objects that had other labels since.
    if (this.#lists.size >= this.#items.size + SPARE_LISTS) this.#lists.clear();
    const list = Array.from(labels.keys(), (name) => this.label(name));
    this.#lists.set(hash, list);
    return list;
  }

  #lineageOf(names: readonly string[]): Lineage<T> {
    return once(this.#lineages, names.join("\n"), () =>
      newLineage(names.map((name) => this.profile(name))),
    );
  }
}

/** A lineage that its profiles know of. */
function newLineage<T>(profiles: readonly Profile<T>[]): Lineage<T> {
  const lineage: Lineage<T> = { profiles, entries: undefined, size: 0 };
  for (const profile of profiles) profile.lineages = withOne(profile.lineages, lineage);
  return lineage;
}

function isListOf<T>(list: readonly Label<T>[], labels: Labels): boolean {
  if (list.length !== labels.size) return false;
  let i = 0;
  for (const name of labels.keys()) if (list[i++]?.name !== name) return false;
  return true;
}
