import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFieldError } from "../schema/field-error.ts";
import type { Schema } from "../schema/schema.ts";
import { admit } from "./admit.ts";
import { apiVersionOf, KINDS, kindOf } from "./kinds.ts";
import type { ResourceKind } from "./resource.ts";

function refusals(kind: ResourceKind, value: unknown): string[] {
  const admission = admit(kind, value);
  return admission.admitted ? [] : admission.errors.map(formatFieldError);
}

/** The fields without a word on what they mean; what a list or map holds needs none. */
function undescribed(schema: Schema<unknown>, path: string): string[] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    ...Object.entries(properties).flatMap(([name, property]) => {
      const field = path === "" ? name : `${path}.${name}`;
      return [...(property.description ? [] : [field]), ...undescribed(property, field)];
    }),
    ...(items ? undescribed(items, `${path}[]`) : []),
    ...(additionalProperties ? undescribed(additionalProperties, `${path}.*`) : []),
  ];
}

describe("KINDS", () => {
  it("tells the two NetworkPolicies apart by apiVersion", () => {
    assert.equal(kindOf("networking.k8s.io/v1", "NetworkPolicy")?.shortNames[0], "netpol");
    assert.equal(kindOf("projectcalico.org/v3", "NetworkPolicy")?.shortNames[0], "cnp");
    assert.equal(kindOf("v1", "NetworkPolicy"), undefined);
    assert.equal(kindOf("v1", "Pod")?.plural, "pods");
  });

  it("means NetworkPolicy by cnp, as before there was a ClusterNetworkPolicy", () => {
    const [first] = KINDS.filter((kind) => kind.shortNames.includes("cnp"));
    assert.equal(first?.kind, "NetworkPolicy");
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

    it(`admits the example of ${apiVersionOf(kind)} ${kind.kind}`, () => {
      assert.deepEqual(refusals(kind, kind.example), []);
    });

    it(`describes every field of ${apiVersionOf(kind)} ${kind.kind}`, () => {
      assert.ok(kind.schema.description);
      assert.deepEqual(undescribed(kind.schema, ""), []);
    });
  }
});
