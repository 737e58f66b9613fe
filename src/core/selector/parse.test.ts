import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSelector } from "./parse.ts";
import { prefixLabels } from "./prefix-labels.ts";
import { restrictions } from "./restrictions.ts";
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

  it("reads parentheses nested as deep as one likes", () => {
    const deep = 100_000;
    assert.equal(format(parseSelector(`${"(".repeat(deep)}a=='b'${")".repeat(deep)}`)), 'a == "b"');
  });

  it("reads no more levels than can be worked with", () => {
    const nested = (groups: number): string =>
      `${"has(a) || has(b) && !(".repeat(groups)}has(c)${")".repeat(groups)}`;
    const deepest = structuredClone(parseSelector(nested(166)));
    assert.deepEqual(parseSelector(format(prefixLabels(deepest, ""))), deepest);
    assert.equal(matches(deepest, new Map([["c", ""]])), false);
    assert.equal(restrictions(deepest).size, 0);
    const tooDeep = /nested more than 500 levels deep at character \d+/;
    assert.throws(() => parseSelector(nested(167)), tooDeep);
  });

  for (const [what, text, wanted] of [
    ["open parentheses", "(".repeat(1e6), /expected a label, found the end/],
    ["negated parentheses", "!(".repeat(5e5), /expected a label, found the end/],
    ["closed parentheses", ")".repeat(1e6), /expected a label/],
    ["a name", "a".repeat(1e6), /label too long/],
    ["quotes", "'".repeat(1e6), /expected a label/],
    ["the beginnings of an operator", `a ${"starts ".repeat(1.5e5)}`, /expected an operator/],
    ["blanks within an operator", `a not${" ".repeat(1e6)}`, /expected an operator/],
  ] as const) {
    it(`refuses a million characters of ${what}`, () => {
      assert.throws(() => parseSelector(text), wanted);
    });
  }

  for (const [what, text, wanted] of [
    ["parentheses", `${"(".repeat(5e5)}has(a)${")".repeat(5e5)}`, "has(a)"],
    ["negations", `${"!".repeat(1e6)}has(a)`, "has(a)"],
    ["blanks", " ".repeat(1e6), "all()"],
    ["values", `a in {${"'b',".repeat(2.5e5)}}`, 'a in {"b"}'],
  ] as const) {
    it(`reads a million characters of ${what}`, () => {
      assert.equal(format(parseSelector(text)), wanted);
    });
  }

  it("reads a million characters of terms", () => {
    const selector = parseSelector(`has(a)${"&&has(a)".repeat(125_000)}`);
    assert.equal(matches(selector, new Map([["a", ""]])), true);
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
