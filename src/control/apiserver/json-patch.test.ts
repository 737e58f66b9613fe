import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyJsonPatch } from "./json-patch.ts";

const DOCUMENT = { spec: { nets: ["a", "b"], "x/y": 1 }, labels: {} };

describe("applyJsonPatch", () => {
  const cases: [string, unknown[], unknown][] = [
    ["adds a field", [{ op: "add", path: "/order", value: 3 }], { ...DOCUMENT, order: 3 }],
    [
      "adds an item at the end and in the middle",
      [
        { op: "add", path: "/spec/nets/-", value: "c" },
        { op: "add", path: "/spec/nets/1", value: "z" },
      ],
      { ...DOCUMENT, spec: { ...DOCUMENT.spec, nets: ["a", "z", "b", "c"] } },
    ],
    [
      "reads ~1 as a slash",
      [{ op: "replace", path: "/spec/x~1y", value: 2 }],
      { ...DOCUMENT, spec: { ...DOCUMENT.spec, "x/y": 2 } },
    ],
    [
      "removes, moves and copies",
      [
        { op: "remove", path: "/labels" },
        { op: "move", from: "/spec/nets/0", path: "/first" },
        { op: "copy", from: "/first", path: "/second" },
      ],
      { spec: { nets: ["b"], "x/y": 1 }, first: "a", second: "a" },
    ],
    ["replaces the whole", [{ op: "replace", path: "", value: 1 }], 1],
    ["goes on after a test that holds", [{ op: "test", path: "/labels", value: {} }], DOCUMENT],
  ];
  for (const [name, patch, expected] of cases) {
    it(name, () => assert.deepEqual(applyJsonPatch(DOCUMENT, patch), expected));
  }

  it("refuses copies that double the document without end", () => {
    const patch = Array.from({ length: 100 }, (_, i) => ({ op: "copy", from: "", path: `/${i}` }));
    assert.throws(() => applyJsonPatch(DOCUMENT, patch), /copies .* too large/);
  });

  it("sets a key named __proto__ like any other", () => {
    const patched = applyJsonPatch({}, [{ op: "add", path: "/__proto__", value: { a: 1 } }]);
    assert.deepEqual(Object.entries(patched as object), [["__proto__", { a: 1 }]]);
  });

  const refused: [unknown, RegExp][] = [
    [{}, /must be a list/],
    [[{ op: "replace", path: "/none", value: 1 }], /nothing at \/none/],
    [[{ op: "remove", path: "/spec/nets/2" }], /nothing at \/spec\/nets\/2/],
    [[{ op: "add", path: "/spec/nets/3", value: 1 }], /beyond the end/],
    [[{ op: "add", path: "/spec/nets/01", value: 1 }], /no place in a list/],
    [[{ op: "add", path: "/none/deeper", value: 1 }], /nothing at/],
    [[{ op: "test", path: "/labels", value: 1 }], /testing value \/labels failed/],
    [[{ op: "add", path: "labels", value: 1 }], /must begin with/],
    [[{ op: "swap", path: "/labels" }], /unknown operation/],
    [
      [
        { op: "remove", path: "" },
        { op: "copy", from: "", path: "" },
      ],
      /nothing at/,
    ],
    [[7], /must begin with/],
  ];
  for (const [patch, message] of refused) {
    it(`refuses ${JSON.stringify(patch)}`, () => {
      assert.throws(() => applyJsonPatch(DOCUMENT, patch), message);
    });
  }
});
