import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSelector } from "./parse.ts";
import { format, matches } from "./selector.ts";
import { SelectorSyntaxError } from "./tokenize.ts";

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
    ["a = 'b'", 2, /expected "=="/],
    ["a", 1, /expected an operator after "a", found the end/],
    ["a == b", 5, /expected a quoted string, found "b"/],
    ["a == 'b", 5, /unterminated string/],
    ["a in 'b'", 5, /expected "{", found "b"/],
    ["a in {'b' 'c'}", 10, /expected "}", found "c"/],
    ["a in {,}", 6, /expected "}", found ","/],
    ["(has(a)", 7, /expected "\)", found the end/],
    ["()", 1, /expected a label, found "\)"/],
    ["has(a) has(b)", 7, /expected the end of the selector, found "has\(b\)"/],
    ["has (a)", 4, /expected an operator after "has", found "\("/],
    ["has(a) &&", 9, /expected a label, found the end/],
    [`has(${"x".repeat(513)})`, 4, /label too long/],
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

  it("sorts values as their bytes do", () => {
    assert.equal(
      format(parseSelector("a in {'\u{1f600}', '\uffee', 'z'}")),
      'a in {"z", "\uffee", "\u{1f600}"}',
    );
  });

  it("reads parentheses nested as deep as a manifest can write them", () => {
    const deep = 511;
    assert.equal(format(parseSelector(`${"(".repeat(deep)}a=='b'${")".repeat(deep)}`)), 'a == "b"');
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
