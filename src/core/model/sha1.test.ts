import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sha1 } from "./sha1.ts";

describe("sha1", () => {
  it("is what the platform computes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        assert.equal(sha1(text), createHash("sha1").update(text, "utf8").digest("hex"));
      }),
    );
  });
});
