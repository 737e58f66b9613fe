import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyMergePatch } from "./merge-patch.ts";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";

describe("applyStrategicMergePatch", () => {
  const cases: [string, unknown, unknown, unknown][] = [
    [
      "merges objects, null removes",
      { a: { b: 1, c: 2 } },
      { a: { b: null, d: 3 } },
      { a: { c: 2, d: 3 } },
    ],
    [
      "merges containers by name",
      { containers: [{ name: "a", image: "x" }, { name: "b" }] },
      { containers: [{ name: "a", image: "y" }, { name: "c" }] },
      { containers: [{ name: "a", image: "y" }, { name: "b" }, { name: "c" }] },
    ],
    [
      "deletes an item by its key",
      { kind: "Pod", ports: [{ containerPort: 80 }, { containerPort: 81 }] },
      { ports: [{ $patch: "delete", containerPort: 80 }] },
      { kind: "Pod", ports: [{ containerPort: 81 }] },
    ],
    [
      "merges ports of a Service by their number",
      { kind: "Service", ports: [{ port: 80 }, { port: 81 }] },
      { ports: [{ port: 81, name: "a" }, { port: 82 }] },
      { kind: "Service", ports: [{ port: 80 }, { port: 81, name: "a" }, { port: 82 }] },
    ],
    [
      "replaces those of an EndpointSlice",
      { kind: "EndpointSlice", ports: [{ port: 80 }] },
      { ports: [{ port: 81 }] },
      { kind: "EndpointSlice", ports: [{ port: 81 }] },
    ],
    [
      "replaces a keyed list on demand",
      { containers: [{ name: "a" }] },
      { containers: [{ $patch: "replace" }, { name: "b" }] },
      { containers: [{ name: "b" }] },
    ],
    [
      "orders items as it is told",
      { containers: [{ name: "a" }, { name: "b" }] },
      { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }] },
      { containers: [{ name: "b" }, { name: "a" }] },
    ],
    [
      "merges finalizers as a set, and deletes from it",
      { finalizers: ["a", "b"] },
      { finalizers: ["c"], "$deleteFromPrimitiveList/finalizers": ["a"] },
      { finalizers: ["b", "c"] },
    ],
    ["replaces any other list", { ingress: [1, 2] }, { ingress: [3] }, { ingress: [3] }],
    [
      "replaces an object on demand",
      { a: { b: 1 } },
      { a: { $patch: "replace", c: 2 } },
      { a: { c: 2 } },
    ],
    ["retains only these keys", { a: 1, b: 2 }, { $retainKeys: ["b", "c"], c: 3 }, { b: 2, c: 3 }],
  ];
  for (const [name, target, patch, expected] of cases) {
    it(name, () => assert.deepEqual(applyStrategicMergePatch(target, patch), expected));
  }

  it("refuses an item without its key, and a directive it does not know", () => {
    const containers = { containers: [{ image: "x" }] };
    assert.throws(() => applyStrategicMergePatch({}, containers), /lacks its key "name"/);
    assert.throws(() => applyStrategicMergePatch({}, { $patch: "burn" }), /unknown directive/);
  });
});

describe("applyMergePatch", () => {
  it("merges objects, replaces lists, and removes what is null", () => {
    const target = { a: { b: 1, c: [1] }, d: 1 };
    const patch = { a: { b: null, c: [2] }, d: { e: null, f: 1 } };
    assert.deepEqual(applyMergePatch(target, patch), { a: { c: [2] }, d: { f: 1 } });
  });

  it("sets a key named __proto__ like any other", () => {
    const patched = applyMergePatch({}, JSON.parse('{"__proto__":{"a":1}}'));
    assert.deepEqual(Object.entries(patched as object), [["__proto__", { a: 1 }]]);
  });
});
