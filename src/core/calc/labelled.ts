/**
 * What an index of labels is made of: objects under labels, the profiles whose labels they inherit,
 * labels with who has them, and watches that hang there.
 */
import type { Selector } from "../selector/selector.ts";
import type { Enrolled, Roll } from "./roll.ts";
import type { Some } from "./some.ts";

/** Told when its selector begins or ceases to select an object. */
export interface Watcher<T> {
  start(value: T): void;
  stop(value: T): void;
}

/** What has labels of its own: a row that changes. */
interface Labelled<T> extends Enrolled {
  labels: Row<T>["labels"];
  values: Row<T>["values"];
}

/** An object under labels, and the profiles that it inherits from. */
export interface Item<T> extends Labelled<T> {
  readonly value: T;
  lineage: Lineage<T>;
}

/** Who hands labels on to the objects that name it; there while it has labels or is named. */
export interface Profile<T> extends Labelled<T> {
  readonly name: string;
  /** That of the objects that inherit from it alone. */
  alone: Lineage<T> | undefined;
  lineages: Some<Lineage<T>>;
}

/** A list of profiles in order of precedence, and the objects that have it. */
export interface Lineage<T> extends Roll<Item<T>> {
  readonly profiles: readonly Profile<T>[];
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
 * Where a watch hangs: at a label or at values of which an object must have one, or anywhere; `never`
 * selects nothing.
 */
export type Anchor<T> = "anywhere" | "never" | readonly (Label<T> | Listing<T>)[];

/** Labels, and the value of each. */
export interface Row<T> {
  /** Of objects with the same labels often one list. */
  readonly labels: readonly Label<T>[];
  readonly values: readonly string[];
}

/** Of an object all that it has and inherits: the first row that has a label says its value. */
export type Rows<T> = readonly Row<T>[];

/** What has labels of its own. */
export type Carrier<T> = Item<T> | Profile<T>;

/** Who has a value: a listing, or the only one. */
export type Value<T> = Listing<T> | Carrier<T>;

/** A label that someone has or a watch mentions, with the values that it has. */
export interface Label<T> {
  readonly name: string;
  /** Tells it from every other there has been. */
  readonly number: number;
  /**
   * Undefined while it has so many values that it seems to tell every object from every other, and no
   * selector has demanded it.
   */
  values: Map<string, Value<T>> | undefined;
  isDemanded: boolean;
  /** How many objects and profiles have it. */
  carriers: number;
  /** Those that hang here, as the label must be present. */
  watches: Some<Watch<T>>;
  /** How many hang at its values. */
  watchedValues: number;
  /** Those that mention it and hang anywhere. */
  floating: Some<Watch<T>>;
}

/** Who has a value of a label, and the watches that hang there. */
export class Listing<T> implements Roll<Item<T>> {
  readonly label: Label<T>;
  readonly value: string;
  entries: Item<T> | Item<T>[] | undefined;
  size = 0;
  profiles: Some<Profile<T>>;
  watches: Some<Watch<T>>;

  constructor(label: Label<T>, value: string) {
    this.label = label;
    this.value = value;
  }
}
