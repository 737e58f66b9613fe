import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseSelector } from "./parse.ts";
import { prefixLabels } from "./prefix-labels.ts";
import { type LabelRestriction, restrictions } from "./restrictions.ts";
import { format, matches, type Selector } from "./selector.ts";

/* Few names and values, so that selectors and labels meet. */
const label = fc.oneof(
  fc.constantFrom("a", "b", "c"),
  fc.stringMatching(/^[a-z0-9./-][a-z0-9./-]{0,5}$/),
);
const value = fc.oneof(fc.constantFrom("", "x", "xy"), fc.stringMatching(/^[^"']{0,5}$/));
const values = fc.uniqueArray(value).map((some) => some.sort());
const leaf = fc.oneof(
  fc.constant<Selector>({ op: "all" }),
  label.map((label): Selector => ({ op: "has", label })),
  fc
    .tuple(fc.constantFrom("==", "!=", "contains", "starts with", "ends with"), label, value)
    .map(([op, label, value]): Selector => ({ op, label, value })),
  fc
    .tuple(fc.constantFrom("in", "not in"), label, values)
    .map(([op, label, values]): Selector => ({ op, label, values })),
);
const { selector } = fc.letrec<{ selector: Selector }>((tie) => ({
  selector: fc.oneof(
    { maxDepth: 4 },
    leaf,
    leaf.map((term): Selector => ({ op: "not", term })),
    fc
      .tuple(
        fc.constantFrom("and", "or"),
        fc.array(tie("selector"), { minLength: 2, maxLength: 3 }),
      )
      .map(([op, terms]): Selector => ({ op, terms })),
  ),
}));

/** What an endpoint may carry under those names. */
const labels = fc
  .dictionary(label, value, { maxKeys: 4 })
  .map((some) => new Map(Object.entries(some)));

const allows = (restriction: LabelRestriction, value: string | undefined): boolean =>
  value === undefined
    ? !restriction.mustBePresent
    : !restriction.mustBeAbsent && (restriction.oneOf?.includes(value) ?? true);

describe("format", () => {
  it("writes what parseSelector reads back", () => {
    fc.assert(fc.property(selector, (some) => assert.deepEqual(parseSelector(format(some)), some)));
  });
});

describe("restrictions", () => {
  it("hold for everything that a selector matches", () => {
    fc.assert(
      fc.property(selector, labels, (some, carried) => {
        if (!matches(some, carried)) return;
        for (const [label, restriction] of restrictions(some)) {
          assert.ok(allows(restriction, carried.get(label)), label);
        }
      }),
    );
  });

  it("say that nothing matches when no value is left", () => {
    const found = restrictions(parseSelector("a == 'x' && a in {'y', 'z'}"));
    assert.deepEqual(found.get("a"), { mustBePresent: true, mustBeAbsent: false, oneOf: [] });
  });
});

describe("prefixLabels", () => {
  it("asks of prefixed labels what the selector asks of plain ones", () => {
    fc.assert(
      fc.property(selector, labels, (some, carried) => {
        const prefixed = new Map(Array.from(carried, ([name, value]) => [`p.${name}`, value]));
        assert.equal(matches(prefixLabels(some, "p."), prefixed), matches(some, carried));
      }),
    );
  });
});
