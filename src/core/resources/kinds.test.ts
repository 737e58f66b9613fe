import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apiVersionOf, KINDS, kindOf } from "./kinds.ts";

describe("KINDS", () => {
  it("tells the two NetworkPolicies apart by apiVersion", () => {
    assert.equal(kindOf("networking.k8s.io/v1", "NetworkPolicy")?.shortNames[0], "netpol");
    assert.equal(kindOf("projectcalico.org/v3", "NetworkPolicy")?.shortNames[0], "cnp");
    assert.equal(kindOf("v1", "NetworkPolicy"), undefined);
    assert.equal(kindOf("v1", "Pod")?.plural, "pods");
  });

  it("has no name twice in a group", () => {
    const names = KINDS.flatMap((kind) =>
      [kind.plural, ...kind.shortNames].map((name) => `${kind.group}/${name}`),
    );
    assert.deepEqual(names, [...new Set(names)]);
  });

  for (const kind of KINDS) {
    it(`serves ${apiVersionOf(kind)} ${kind.kind} with metadata`, () => {
      assert.deepEqual(kind.schema.properties?.apiVersion?.type, "string");
      assert.ok(kind.schema.required?.includes("metadata"));
    });
  }
});
