import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseSelector } from "../selector/parse.ts";
import { matches } from "../selector/selector.ts";
import { relabelling } from "./relabel.ts";

describe("the fewest labels to change", () => {
  for (const [selector, labels, wanted, changes] of [
    ["color == 'blue'", { color: "green" }, true, { color: "blue" }],
    ["color == 'blue'", { color: "blue" }, false, { color: undefined }],
    ["color == 'blue' && app == 'web'", { app: "web" }, true, { color: "blue" }],
    ["color == 'blue' && app == 'web'", { app: "web", color: "blue" }, false, { color: undefined }],
    ["color == 'blue' || app == 'web'", {}, true, { color: "blue" }],
    ["color in {'blue', 'red'}", {}, true, { color: "blue" }],
    ["color not in {'blue'}", { color: "blue" }, true, { color: undefined }],
    ["color != 'blue'", { color: "red" }, false, { color: "blue" }],
    ["has(color)", {}, true, { color: "true" }],
    ["!has(color)", { color: "red" }, true, { color: undefined }],
    ["color starts with 'bl'", {}, true, { color: "bl" }],
    ["color == 'blue'", { color: "blue" }, true, {}],
  ] as const) {
    it(`${wanted ? "selects" : "leaves out"} ${JSON.stringify(labels)} by ${selector}`, () => {
      const found = relabelling(parseSelector(selector), new Map(Object.entries(labels)), wanted);
      assert.deepEqual(found, new Map(Object.entries(changes)));
    });
  }

  it("are none where nothing can be changed", () => {
    assert.equal(relabelling(parseSelector("all()"), new Map(), false), undefined);
    assert.equal(relabelling(parseSelector("color in {}"), new Map(), true), undefined);
  });

  it("settle every selector whose labels are asked for once", () => {
    const leaf = fc.constantFrom(
      (label: string) => `${label} == 'a'`,
      (label: string) => `${label} != 'a'`,
      (label: string) => `has(${label})`,
      (label: string) => `!has(${label})`,
      (label: string) => `${label} in {'a', 'b'}`,
      (label: string) => `${label} not in {'a', 'b'}`,
      (label: string) => `${label} contains 'a'`,
    );
    const names = ["x", "y", "z"] as const;
    const selector = fc
      .tuple(leaf, leaf, leaf, fc.constantFrom("&&", "||"), fc.constantFrom("&&", "||"))
      .map(([a, b, c, one, two]) => `(${a("x")} ${one} ${b("y")}) ${two} ${c("z")}`);
    const labels = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom("a", "b", "c")));
    fc.assert(
      fc.property(selector, labels, fc.boolean(), (text, pairs, wanted) => {
        const parsed = parseSelector(text);
        const before = new Map<string, string>(pairs);
        const after = new Map<string, string>(before);
        for (const [label, value] of relabelling(parsed, before, wanted) ?? []) {
          if (value === undefined) after.delete(label);
          else after.set(label, value);
        }
        assert.equal(matches(parsed, after), wanted, text);
      }),
    );
  });
});
