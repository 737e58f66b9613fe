import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseSelector, SelectorSyntaxError } from "./parse.ts";
import { format, matches, type Selector } from "./selector.ts";

const selects = (text: string, labels: Readonly<Record<string, string>>): boolean =>
  matches(parseSelector(text), new Map(Object.entries(labels)));

describe("parseSelector", () => {
  for (const [text, want] of [
    ["", "all()"],
    ["  all( ) ", "all()"],
    ["a=='b'", 'a == "b"'],
    [`a == 'say "hi"'`, `a == 'say "hi"'`],
    ["!!has(a)", "has(a)"],
    ["!(a=='b')", '!a == "b"'],
    ["a notin {'y', 'x', 'y'}", 'a not in {"x", "y"}'],
    ["a in {'x',}", 'a in {"x"}'],
    ["a startswith 'b'", 'a starts with "b"'],
    ["has(a) || has(b) && has(c)", "(has(a) || (has(b) && has(c)))"],
    ["(has(a) || has(b)) && has(c)", "((has(a) || has(b)) && has(c))"],
    ["in in {'in'}", 'in in {"in"}'],
    ["all == 'has'", 'all == "has"'],
    ["k8s.io/app-name != ''", 'k8s.io/app-name != ""'],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => assert.equal(format(parseSelector(text)), want));
  }

  for (const [text, offset, message] of [
    ["a = 'b'", 2, /expected an operator after "a"/],
    ["a == b", 5, /expected a quoted string/],
    ["a == 'b", 5, /expected a quoted string/],
    ["a in 'b'", 5, /expected "{"/],
    ["a in {'b' 'c'}", 10, /expected "}"/],
    ["(has(a)", 7, /expected "\)"/],
    ["has(a) has(b)", 7, /unexpected "has\(b\)"/],
    ["has(a) &&", 9, /expected a label/],
    [`has(${"x".repeat(513)})`, 517, /label too long/],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))} at ${offset}`, () => {
      assert.throws(
        () => parseSelector(text),
        (error) => {
          assert.ok(error instanceof SelectorSyntaxError);
          assert.equal(error.offset, offset);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("reads back whatever format writes", () => {
    fc.assert(fc.property(selector, (s) => assert.deepEqual(parseSelector(format(s)), s)));
  });
});

describe("matches", () => {
  for (const [text, labels, want] of [
    ["a == 'x'", { a: "x" }, true],
    ["a == 'x'", {}, false],
    ["a != 'x'", {}, true],
    ["a not in {'x'}", {}, true],
    ["a in {'x'}", {}, false],
    ["a contains 'bc'", { a: "abcd" }, true],
    ["a starts with 'ab'", { a: "abcd" }, true],
    ["a ends with 'cd'", { a: "abcd" }, true],
    ["has(constructor)", {}, false],
    ["constructor != 'x'", {}, true],
    ["!has(a) && b == 'y' || has(c)", { b: "y" }, true],
  ] as const) {
    it(`${text} of ${JSON.stringify(labels)} is ${want}`, () => {
      assert.equal(selects(text, labels), want);
    });
  }
});

const label = fc.stringMatching(/^[a-z][a-z0-9./-]{0,5}$/);
const value = fc.stringMatching(/^[^"']{0,5}$/);
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
