/** Finds which of many selectors select an object, without trying each. */
import type { Labels, Selector } from "../selector/selector.ts";
import type { Watcher } from "./labelled.ts";
import { LiveLabelIndex } from "./live-label-index.ts";
import { once } from "./once.ts";

/** An immutable index of items under selectors. */
export class SelectorIndex<T> {
  readonly #index = new LiveLabelIndex<Entry<T>[]>();
  readonly #answers = new Map<string, readonly T[]>();

  constructor(items: readonly T[], selectorOf: (item: T) => Selector) {
    for (const [place, item] of items.entries()) {
      this.#index.watch(selectorOf(item), new Entry(place, item));
    }
  }

  /** The items whose selectors select `labels`, in the order in which they were given. */
  matching(labels: Labels): readonly T[] {
    return once(this.#answers, labelsKey(labels), () => {
      const found: Entry<T>[] = [];
      this.#index.add(found, labels, []);
      return found.sort((a, b) => a.place - b.place).map(({ item }) => item);
    });
  }
}

/** An item that adds itself to the entries found for whatever its selector selects. */
class Entry<T> implements Watcher<Entry<T>[]> {
  readonly place: number;
  readonly item: T;

  constructor(place: number, item: T) {
    this.place = place;
    this.item = item;
  }

  start(found: Entry<T>[]): void {
    found.push(this);
  }

  stop(): void {}
}

/** Equal for labels in equal order; that equal labels in another order differ costs only time. */
function labelsKey(labels: Labels): string {
  let key = "";
  for (const [label, value] of labels) key += `${label.length}:${label}${value.length}:${value}`;
  return key;
}
