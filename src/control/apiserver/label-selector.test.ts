import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseLabelSelector } from "./label-selector.ts";

const LABELS = { app: "web", "a.b/tier": "default", empty: "", size: "7" };

describe("parseLabelSelector", () => {
  const cases: [string, boolean][] = [
    ["", true],
    ["app=web", true],
    ["app == web", true],
    ["app!=web", false],
    ["other!=web", true],
    ["app", true],
    ["!app", false],
    ["!other", true],
    ["app in (web, db)", true],
    ["app notin (web)", false],
    ["other notin (web)", true],
    ["a.b/tier=default,app", true],
    ["app=web,other", false],
    ["empty=", true],
    ["empty in ()", true],
    ["size>6,size<8", true],
    ["app>6", false],
    ["in=x", false],
  ];
  for (const [text, expected] of cases) {
    it(`${text || "nothing"} ${expected ? "selects" : "does not select"}`, () => {
      assert.equal(parseLabelSelector(text)(LABELS), expected);
    });
  }

  it("takes labels that are absent for none", () => {
    assert.equal(parseLabelSelector("!app")(undefined), true);
  });

  for (const text of ["a=b=c", "a in b", "a b", "-a=b", "a=b!", ",", "a,,b", "in (a)"]) {
    it(`refuses ${text}`, () => assert.throws(() => parseLabelSelector(text), /label/));
  }
});
