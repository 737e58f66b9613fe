import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { regularExpressionProblem } from "./regular-expression.ts";

describe("a regular expression", () => {
  for (const text of [
    "",
    "^((en|wl|ww|sl|ib)[opsx].*|(eth|wlan|wwan).*)$",
    "(?i)eth0",
    "(?i:eth)0|(?s-m)x",
    "(?P<name>eth)(?<other>\\d+)",
    "[[:alpha:]_][^[:digit:]]",
    "[]a]",
    "[^]a]",
    "[[]",
    "\\Aeth\\z",
    "\\Q(?=[\\E",
    "\\pL\\p{Greek}\\x{10FFFF}",
    "a{1,1000}",
    "a{,5}",
    "a*?b+?",
  ]) {
    it(`may be ${text}`, () => {
      assert.equal(regularExpressionProblem(text), undefined);
    });
  }

  for (const text of [
    "(",
    "a)",
    "[",
    "[]",
    "[b-a]",
    "a**",
    "*a",
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(a)\\1",
    "\\k<a>",
    "\\y",
    "a\\",
    "a{1001}",
    "a{2,1}",
    "(?z)a",
    "[".repeat(100_000),
    "(".repeat(100_000),
  ]) {
    it(`may not be ${text.slice(0, 40)}`, () => {
      assert.match(regularExpressionProblem(text) ?? "", /RE2/);
    });
  }
});
