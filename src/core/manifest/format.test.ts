import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatYaml } from "./format.ts";
import { parseManifest } from "./parse.ts";

describe("formatYaml", () => {
  for (const [value, text] of [
    [{ a: ["b", 1, true, null], c: {} }, "a:\n  - b\n  - 1\n  - true\n  - null\nc: {}\n"],
    [{ port: "8080" }, 'port: "8080"\n'],
    [{ port: "0O17", a: "b" }, 'port: "0O17"\na: "b"\n'],
    [{ "0O17": "b" }, '{\n  "0O17": "b"\n}\n'],
  ] as const) {
    it(`writes ${JSON.stringify(value)} so that it reads back`, () => {
      const written = formatYaml(value);
      assert.deepEqual(parseManifest(written, "f").documents[0]?.value, value);
      assert.equal(written.replaceAll("'", '"'), text);
    });
  }
});
