import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseSelector } from "../selector/parse.ts";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import type { Item, Watch, Watcher } from "./labelled.ts";
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

/** More than an index looks through before it hashes them. */
const NAMES = Array.from({ length: 12 }, (_, i) => `n${i}`);
const PROFILES = ["p0", "p1", "p2"];

/** Few names and values, so that selectors often select. `__proto__` is a label like any other. */
const label = fc.constantFrom("a", "b", "__proto__");
const value = fc.constantFrom("", "x", "y");
const values = fc.array(value, { maxLength: 3 });
const { selector } = fc.letrec<{ selector: Selector }>((tie) => ({
  selector: fc.oneof(
    { depthSize: "small" },
    fc.constant<Selector>({ op: "all" }),
    fc.record({ op: fc.constant("has"), label }),
    fc.record({ op: fc.constantFrom("==", "!=", "starts with"), label, value }),
    fc.record({ op: fc.constantFrom("in", "not in"), label, values }),
    fc.record({ op: fc.constant("not"), term: tie("selector") }),
    fc.record({
      op: fc.constantFrom("and", "or"),
      terms: fc.array(tie("selector"), { minLength: 2, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<Selector>,
}));
const labels = fc.array(fc.tuple(label, value), { maxLength: 3 }).map((pairs) => new Map(pairs));
/** One that is named twice counts where it comes first. */
const profiles = fc.array(fc.constantFrom(...PROFILES), { maxLength: 3 });

type Step =
  | {
      readonly how: "set";
      readonly name: string;
      readonly labels: Labels;
      readonly profiles: readonly string[];
    }
  | { readonly how: "remove"; readonly name: string }
  | { readonly how: "profile"; readonly name: string; readonly labels: Labels }
  | { readonly how: "watch"; readonly selector: Selector }
  | { readonly how: "unwatch"; readonly which: number };
/** Of few objects a label often has nobody. */
function stepOf(names: readonly string[]): fc.Arbitrary<Step> {
  const name = fc.constantFrom(...names);
  const set = fc.record({ how: fc.constant("set" as const), name, labels, profiles });
  return fc.oneof(
    set,
    set,
    fc.record({ how: fc.constant("remove" as const), name }),
    fc.record({ how: fc.constant("profile" as const), name: fc.constantFrom(...PROFILES), labels }),
    fc.record({ how: fc.constant("watch" as const), selector }),
    fc.record({ how: fc.constant("unwatch" as const), which: fc.nat() }),
  );
}

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
  readonly #watches: Watch<Thing, Told>[] = [];

  take(step: Step): void {
    if (step.how === "set") this.#set(step.name, step.labels, step.profiles);
    else if (step.how === "remove") this.#remove(step.name);
    else if (step.how === "profile") this.#setProfile(step.name, step.labels);
    else if (step.how === "watch") this.#watch(step.selector);
    else this.#unwatch(step.which % Math.max(1, this.#watches.length));
  }

  check(asked: Selector): void {
    assert.deepEqual(names(this.#index.select(asked)), this.#selectedBy(asked));
    for (const { selector, watcher } of this.#watches) {
      assert.deepEqual(names(watcher.things), this.#selectedBy(selector));
    }
    for (const thing of this.#things.values()) {
      const found = new Set(this.#index.matching(thing.item));
      const wanted = this.#watches.filter((one) => matches(one.selector, this.#effective(thing)));
      assert.deepEqual(found, new Set(wanted));
    }
    for (const [profile, handedOn] of this.#profiles) {
      assert.deepEqual(this.#index.labelsOf(profile), handedOn);
    }
  }

  empty(): Readonly<Record<string, number>> {
    while (this.#watches.length > 0) this.#unwatch(0);
    for (const name of [...this.#things.keys()]) this.#remove(name);
    for (const [name, { size }] of this.#profiles) if (size > 0) this.#setProfile(name, undefined);
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

  #setProfile(name: string, labels: Labels | undefined): void {
    this.#index.setProfile(name, labels);
    this.#profiles.set(name, labels ?? new Map());
  }

  #watch(selector: Selector): void {
    const watch = this.#index.watch(selector, new Told());
    for (const thing of this.#index.select(selector)) watch.watcher.start(thing);
    this.#watches.push(watch);
  }

  #unwatch(which: number): void {
    for (const watch of this.#watches.splice(which, 1)) this.#index.unwatch(watch);
  }

  #selectedBy(selector: Selector): string[] {
    return [...this.#things]
      .filter(([, thing]) => matches(selector, this.#effective(thing)))
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
  for (const count of [2, NAMES.length]) {
    it(`selects and tells what asking each of ${count} objects would, and is empty at last`, () => {
      const step = stepOf(NAMES.slice(0, count));
      const steps = fc.array(fc.tuple(step, selector), { maxLength: 60, size: "max" });
      fc.assert(
        fc.property(steps, (taken) => {
          const compared = new Compared();
          for (const [step, asked] of taken) {
            compared.take(step);
            compared.check(asked);
          }
          const left = Object.entries(compared.empty()).filter(([, count]) => count !== 0);
          assert.deepEqual(left, []);
        }),
      );
    });
  }

  const others = Array.from({ length: 100 }, (_, i) => i);
  const changes: readonly (readonly [string, (i: number) => string, readonly number[]])[] = [
    ["label of its own", (i) => `has(l${i})`, [3]],
    ["label of its own that must not be there", (i) => `!has(l${i})`, [3]],
    ["label of its own that must not have a value", (i) => `l${i} != 'x'`, [3]],
    ["value of the label that changes", (i) => `l3 == 'v${i}'`, [7, 9]],
    ["value that it has not, and the label too", (i) => `has(l3) && l${i} == 'x'`, []],
  ];
  for (const [what, selectorOf, expected] of changes) {
    it(`asks few of many selectors about a change, each of which names a ${what}`, () => {
      const index = new LiveLabelIndex<Thing>();
      const item = index.add({ name: "n" }, new Map([["l3", "v7"]]), ["p"]);
      const asked = new Set<number>();
      for (const i of others) {
        const parsed = parseSelector(selectorOf(i));
        index.watch(
          new Proxy(parsed, {
            get: (target, field) => {
              asked.add(i);
              return Reflect.get(target, field);
            },
          }),
          { start() {}, stop() {} },
        );
      }
      asked.clear();
      index.relabel(item, new Map([["l3", "v9"]]), ["p"]);
      assert.deepEqual([...asked], expected);
    });
  }

  it("holds nothing of labels that an object had once", () => {
    const index = new LiveLabelIndex<Thing>();
    const names = Array.from({ length: 12 }, (_, i) => `l${i}`);
    const labelsOf = (some: number): Labels =>
      new Map(names.filter((_, i) => some & (1 << i)).map((name) => [name, "x"]));
    index.add({ name: "has all" }, labelsOf(2 ** 12 - 1), []);
    const item = index.add({ name: "changes" }, labelsOf(0), []);
    for (let some = 0; some < 2 ** 12; some++) index.relabel(item, labelsOf(some), []);
    const held = Object.values(index.holdings).reduce((sum, count) => sum + count);
    assert.ok(held < 200, JSON.stringify(index.holdings));
  });

  it("holds nothing of values that an object had once", () => {
    const index = new LiveLabelIndex<Thing>();
    index.watch(parseSelector("id == 'value-7'"), new Told());
    const item = index.add({ name: "changes" }, new Map(), []);
    for (let i = 8; i < 2000; i++) {
      // Two have it, then one, then nobody.
      const other = index.add({ name: "other" }, new Map([["id", `value-${i}`]]), []);
      index.relabel(item, new Map([["id", `value-${i}`]]), []);
      index.remove(other);
    }
    assert.equal(index.holdings.labelValues, 2);
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

function names(things: Iterable<Thing>): string[] {
  return Array.from(things, ({ name }) => name).sort();
}
