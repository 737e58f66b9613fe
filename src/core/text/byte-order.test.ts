import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compareBytes } from "./byte-order.ts";

describe("compareBytes", () => {
  it("orders as UTF-8 bytes do", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "-", "é", "\ud7ff", "\ufffd", "\u{1f600}"),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it("puts a character past U+FFFF after U+FFFD, unlike JavaScript", () => {
    assert.ok(compareBytes("\u{1f600}", "\ufffd") > 0);
  });
});
