import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseSelector } from "../selector/parse.ts";
import { type Labels, matches } from "../selector/selector.ts";
import type { Item, Watch, Watcher } from "./label-store.ts";
import { LiveLabelIndex } from "./live-label-index.ts";

interface Thing {
  readonly name: string;
}

/** Knows whom it was told of; being told twice is a mistake. */
class Told implements Watcher<Thing> {
  readonly things = new Set<Thing>();

  start(thing: Thing): void {
    assert.ok(!this.things.has(thing), `${thing.name} was told twice`);
    this.things.add(thing);
  }

  stop(thing: Thing): void {
    assert.ok(this.things.delete(thing), `${thing.name} was not told`);
  }
}

const NAMES = ["n0", "n1", "n2", "n3", "n4", "n5"];
const PROFILES = ["p0", "p1", "p2"];
const SELECTORS = [
  "all()",
  "a == 'x'",
  "has(a)",
  "a in {'x', 'y'} && has(b)",
  "b == 'x' || b == 'y'",
  "!has(a)",
  "a != 'x'",
  "has(c) && !has(a)",
  "c starts with 'x'",
  "a == 'x' && a == 'y'",
];

const labels = fc
  .dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("x", "y", "z"), { maxKeys: 3 })
  .map((written) => new Map(Object.entries(written)));
const profiles = fc.uniqueArray(fc.constantFrom(...PROFILES), { maxLength: 2 });
const step = fc.oneof(
  fc.record({ how: fc.constant("set"), name: fc.constantFrom(...NAMES), labels, profiles }),
  fc.record({ how: fc.constant("remove"), name: fc.constantFrom(...NAMES) }),
  fc.record({ how: fc.constant("profile"), name: fc.constantFrom(...PROFILES), labels }),
  fc.record({ how: fc.constantFrom("watch", "unwatch"), name: fc.constantFrom(...SELECTORS) }),
);

interface Labelled {
  readonly item: Item<Thing>;
  readonly labels: Labels;
  readonly profiles: readonly string[];
}

/** The index beside what it should know. */
class Compared {
  readonly #index = new LiveLabelIndex<Thing>();
  readonly #things = new Map<string, Labelled>();
  readonly #profiles = new Map<string, Labels>();
  readonly #watches = new Map<string, Watch<Thing, Told>>();

  take(step: {
    readonly how: string;
    readonly name: string;
    readonly labels?: Labels;
    readonly profiles?: readonly string[];
  }): void {
    const { how, name, labels = new Map(), profiles = [] } = step;
    if (how === "set") this.#set(name, labels, profiles);
    else if (how === "remove") this.#remove(name);
    else if (how === "profile") this.#setProfile(name, labels);
    else if (how === "watch") this.#watch(name);
    else this.#unwatch(name);
  }

  check(): void {
    for (const selector of SELECTORS) {
      const wanted = this.#selectedBy(selector);
      const found = this.#index.select(parseSelector(selector));
      assert.deepEqual(found.map(({ name }) => name).sort(), wanted, `select ${selector}`);
      const watch = this.#watches.get(selector);
      if (!watch) continue;
      const told = Array.from(watch.watcher.things, ({ name }) => name).sort();
      assert.deepEqual(told, wanted, `watch ${selector}`);
    }
  }

  empty(): Readonly<Record<string, number>> {
    for (const name of [...this.#watches.keys()]) this.#unwatch(name);
    for (const name of [...this.#things.keys()]) this.#remove(name);
    for (const name of PROFILES) this.#setProfile(name, new Map());
    return this.#index.holdings;
  }

  #set(name: string, labels: Labels, profiles: readonly string[]): void {
    const known = this.#things.get(name);
    if (known) this.#index.relabel(known.item, labels, profiles);
    const item = known?.item ?? this.#index.add({ name }, labels, profiles);
    this.#things.set(name, { item, labels, profiles });
  }

  #remove(name: string): void {
    const known = this.#things.get(name);
    if (known) this.#index.remove(known.item);
    this.#things.delete(name);
  }

  #setProfile(name: string, labels: Labels): void {
    this.#index.setProfile(name, labels);
    this.#profiles.set(name, labels);
  }

  #watch(selector: string): void {
    if (this.#watches.has(selector)) return;
    const parsed = parseSelector(selector);
    const watch = this.#index.watch(parsed, new Told());
    for (const thing of this.#index.select(parsed)) watch.watcher.start(thing);
    this.#watches.set(selector, watch);
  }

  #unwatch(selector: string): void {
    const watch = this.#watches.get(selector);
    if (watch) this.#index.unwatch(watch);
    this.#watches.delete(selector);
  }

  #selectedBy(selector: string): string[] {
    const parsed = parseSelector(selector);
    return [...this.#things]
      .filter(([, thing]) => matches(parsed, this.#effective(thing)))
      .map(([name]) => name)
      .sort();
  }

  /** Its own labels, then those of the first profile. */
  #effective({ labels, profiles }: Labelled): Labels {
    const inherited = profiles
      .toReversed()
      .flatMap((name) => [...(this.#profiles.get(name) ?? [])]);
    return new Map([...inherited, ...labels]);
  }
}

describe("LiveLabelIndex", () => {
  it("selects and tells what asking every object would, and is empty when all has gone", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const compared = new Compared();
        for (const step of steps) {
          compared.take(step);
          compared.check();
        }
        const left = Object.entries(compared.empty()).filter(([, count]) => count !== 0);
        assert.deepEqual(left, []);
      }),
    );
  });

  it("finds who has one of very many values, told before a selector asks or after", () => {
    const index = new LiveLabelIndex<Thing>();
    const labelsOf = (i: number): Labels => new Map([["id", `value-${i}`]]);
    const add = (i: number): Item<Thing> => index.add({ name: `n${i}` }, labelsOf(i), ["p"]);
    const items = Array.from({ length: 3000 }, (_, i) => add(i));
    const heir = index.add({ name: "heir" }, new Map(), ["q"]);
    index.setProfile("q", labelsOf(7));
    for (const item of items.splice(2500)) index.remove(item);
    const selector = parseSelector("id == 'value-7'");
    const names = (): string[] => index.select(selector).map(({ name }) => name);
    assert.deepEqual(names().sort(), ["heir", "n7"]);
    const watch = index.watch(selector, new Told());
    for (const thing of index.select(selector)) watch.watcher.start(thing);
    add(9000);
    index.add({ name: "late" }, labelsOf(7), []);
    index.relabel(heir, labelsOf(8), ["q"]);
    assert.deepEqual(names().sort(), ["late", "n7"]);
    const told = Array.from(watch.watcher.things, ({ name }) => name);
    assert.deepEqual(told.sort(), ["late", "n7"]);
  });
});
