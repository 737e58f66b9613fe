import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { apiVersionOf, KINDS } from "./kinds.ts";
import { isResourceKey, parseResourceKey, resourceKey } from "./resource-key.ts";

describe("resourceKey", () => {
  it("tells objects of every kind, with and without a namespace, and its parts are found again", () => {
    const names = KINDS.flatMap((kind) =>
      ["", "shop"].map((namespace) => {
        return { apiVersion: apiVersionOf(kind), kind: kind.kind, namespace, name: "a.b-c" };
      }),
    );
    const keys = names.map(({ apiVersion, kind, namespace, name }) =>
      resourceKey({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } }),
    );
    assert.equal(new Set(keys).size, names.length);
    assert.deepEqual(keys.map(parseResourceKey), names);
  });

  it("is recognised without being made", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "/"), maxLength: 4 });
    const namespace = fc.option(word, { nil: undefined });
    const resource = fc
      .tuple(word, word, word, namespace)
      .map(([apiVersion, kind, name, namespace]) => ({
        apiVersion,
        kind,
        metadata: { name, ...(namespace !== undefined && { namespace }) },
      }));
    const key = fc.string({ unit: fc.constantFrom("a", "/"), maxLength: 12 });
    fc.assert(
      fc.property(resource, key, (one, other) => {
        assert.ok(isResourceKey(resourceKey(one), one));
        assert.equal(isResourceKey(other, one), other === resourceKey(one));
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same with an empty namespace as with none", () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
    assert.equal(resourceKey(pod), "v1/Pod//a");
    assert.equal(resourceKey({ ...pod, metadata: { name: "a", namespace: "" } }), "v1/Pod//a");
  });
});
