import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resolvePlain, resolveTagged } from "./scalar.ts";

describe("resolvePlain", () => {
  for (const [text, want] of [
    ["yes", true],
    ["On", true],
    ["y", true],
    ["NO", false],
    ["off", false],
    ["n", false],
    ["yEs", "yEs"],
    ["", null],
    ["~", null],
    ["null", null],
    ["nil", "nil"],
    ["0", 0],
    ["-0", 0],
    ["6379", 6379],
    ["-12", -12],
    ["+12", 12],
    ["017", 15],
    ["0o17", 15],
    ["08", 8],
    ["0x1F", 31],
    ["-0b101", -5],
    ["1_000", 1000],
    ["1.50", 1.5],
    [".5", 0.5],
    ["1e3", 1000],
    ["1e400", "1e400"],
    ["12:30:45", "12:30:45"],
    ["8000:8999", "8000:8999"],
    ["2026-01-01", "2026-01-01"],
    ["10.0.0.1", "10.0.0.1"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["::1", "::1"],
    ["1e", "1e"],
    ["-", "-"],
    ["0x", "0x"],
  ] as const) {
    it(`reads ${JSON.stringify(text)} as ${JSON.stringify(want)}`, () => {
      assert.equal(resolvePlain(text), want);
    });
  }
});

describe("resolveTagged", () => {
  for (const [tag, text, want] of [
    ["!!str", "yes", "yes"],
    ["!", "017", "017"],
    ["!!int", "017", 15],
    ["!!int", "1.5", undefined],
    ["!<tag:yaml.org,2002:bool>", "on", true],
    ["!!bool", "1", undefined],
    ["!!float", "1", 1],
    ["!!null", "", null],
    ["!!binary", "aGk=", undefined],
  ] as const) {
    it(`reads ${tag} ${JSON.stringify(text)} as ${JSON.stringify(want)}`, () => {
      assert.equal(resolveTagged(tag, text), want);
    });
  }
});
