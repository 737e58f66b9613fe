import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apiVersionOf, KINDS } from "./kinds.ts";
import { parseResourceKey, resourceKey } from "./resource-key.ts";

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

  it("is the same with an empty namespace as with none", () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
    assert.equal(resourceKey(pod), "v1/Pod//a");
    assert.equal(resourceKey({ ...pod, metadata: { name: "a", namespace: "" } }), "v1/Pod//a");
  });
});
