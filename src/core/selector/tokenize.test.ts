import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SelectorSyntaxError, tokenize } from "./tokenize.ts";

const kinds = (text: string): string =>
  tokenize(text)
    .map((token) => ("text" in token ? `${token.kind}:${token.text}` : token.kind))
    .join(" ");

describe("tokenize", () => {
  for (const [text, want] of [
    ["", "eof"],
    ["in in{'in'}", "label:in in { string:in } eof"],
    ["a notin {}", "label:a not-in { } eof"],
    ["a startswith'x'", "label:a starts-with string:x eof"],
    ["all", "label:all eof"],
    ["all (", "label:all ( eof"],
    ["alley == hash", "label:alley == label:hash eof"],
    ["has(\ta )||global( )", "has:a || global eof"],
    ["!!=", "! != eof"],
    ["- == '1\n2'", "label:- == string:1\n2 eof"],
    // A word of two looks for its boundary past the blanks, a word of one right behind it.
    ["a in b", "label:a in label:b eof"],
    ["a contains b", "label:a contains label:b eof"],
  ] as const) {
    it(`splits ${JSON.stringify(text)}`, () => assert.equal(kinds(text), want));
  }

  for (const [text, offset] of [
    ["a not in b", 2],
    ["a starts with b", 2],
    ["a inx", 2],
    ["a all()", 2],
    ["a == 'b", 5],
    ["a & b", 2],
    ["\na", 0],
    ["é == 'x'", 0],
    ["has(a", 5],
    ["all(a)", 4],
    [`${"x".repeat(513)} == 'a'`, 0],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))} at ${offset}`, () => {
      assert.throws(
        () => tokenize(text),
        (error) => error instanceof SelectorSyntaxError && error.offset === offset,
      );
    });
  }
});
