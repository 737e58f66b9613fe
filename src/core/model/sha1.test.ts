import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sha1 } from "./sha1.ts";

describe("sha1", () => {
  const platform = (text: string) => createHash("sha1").update(text, "utf8").digest("hex");

  it("is what the platform computes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        assert.equal(sha1(text), platform(text));
      }),
    );
  });

  it("is what the platform computes for every length around the ends of blocks", () => {
    for (let length = 0; length < 200; length++) {
      const text = "x".repeat(length);
      assert.equal(sha1(text), platform(text));
    }
  });

  it("gives as many digits as are asked for", () => {
    for (const digits of [0, 1, 8, 11, 40]) {
      assert.equal(sha1("shop.web", digits), platform("shop.web").slice(0, digits));
    }
  });
});
