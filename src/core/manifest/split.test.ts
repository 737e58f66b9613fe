import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { split } from "./split.ts";

const partsOf = (text: string): string[] => Array.from(split(text), (part) => part.text);

describe("split", () => {
  for (const [what, parts] of [
    ["documents at their markers", ["a: 1\n", "---\nb: 1\n", "--- {c: 1}\n"]],
    ["comments with the document they stand before", ["# one\n---\na: 1\n", "---\n# two\nb: 1"]],
    ["directives with theirs", ["%YAML 1.2\n---\na: 1\n...\n", "# two\n%YAML 1.2\n---\nb: 1"]],
    ["a text of Windows", ["a: 1\r\n", "---\r\nb: 1\r\n...\r\n", "c: 1"]],
    ["quotes that a marker ends", ['a: "b\n', "---\nc\n"]],
    ["nothing at longer dashes", ["a: |\n  ---\n----\n---b\n"]],
    ["nothing of an empty text", []],
  ] as const) {
    it(`splits ${what}`, () => assert.deepEqual(partsOf(parts.join("")), parts));
  }

  it("loses nothing, and says where each part begins", () => {
    const line = fc.constantFrom("---", "...", "--- a", "# b", "%c", "d", " ---", "\r", "");
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        const parts = [...split(text)];
        assert.equal(parts.map((part) => part.text).join(""), text);
        for (const { offset, text: own } of parts) {
          assert.equal(text.slice(offset, offset + own.length), own);
        }
      }),
    );
  });
});
