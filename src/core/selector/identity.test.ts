import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { selectorId } from "./identity.ts";
import { parseSelector } from "./parse.ts";
import { sha224 } from "./sha224.ts";

describe("selectorId", () => {
  it("is the same for every spelling of all()", () => {
    for (const text of ["", " ( all( ) )", "!!all()"]) {
      assert.equal(selectorId(parseSelector(text)), "s:5y5I3VdRZfDU01O--xXAPx2yxCQQqMf0M6IWug");
    }
  });
});

describe("sha224", () => {
  it("agrees with the platform's", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const want = createHash("sha224").update(bytes).digest("hex");
        assert.equal(Buffer.from(sha224(bytes)).toString("hex"), want);
      }),
    );
  });
});
