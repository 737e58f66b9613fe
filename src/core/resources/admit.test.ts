import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Schema } from "../schema/schema.ts";
import { admit } from "./admit.ts";
import { clusterNetworkPolicy } from "./cluster-network-policy.ts";
import { globalNetworkPolicy } from "./global-network-policy.ts";
import { KINDS } from "./kinds.ts";

describe("admit", () => {
  for (const kind of KINDS) {
    it(`admits a ${kind.group} ${kind.kind} again as it was admitted, and never throws`, () => {
      fc.assert(
        fc.property(valuesOf(kind.schema), fc.boolean(), (value, named) => {
          const metadata = { metadata: { name: "a" } };
          const admission = admit(kind, named ? Object.assign({}, value, metadata) : value);
          if (admission.admitted) assert.deepEqual(admit(kind, admission.resource), admission);
          else assert.ok(admission.errors.length > 0);
        }),
        { numRuns: 300 },
      );
    });
  }

  it("refuses a list that is too long for what it is, whatever is in it", () => {
    const rules = [{ action: "Accept", to: Array(101).fill(null) }];
    const policy = {
      metadata: { name: "a" },
      spec: { tier: "Admin", priority: 1, subject: { namespaces: {} }, egress: rules },
    };
    const admission = admit(clusterNetworkPolicy, policy);
    const errors = admission.admitted ? [] : admission.errors;
    assert.deepEqual(
      errors.map(({ reason }) => reason),
      ["TooMany"],
    );
  });

  it("tells what the kind has against the rest of an object with a field of a wrong type", () => {
    const rules = [
      { protocol: "tcp" },
      { action: "Allow", protocol: "tcp", source: { nets: ["10.0.0.1"], ports: [1.5, 0] } },
    ];
    const policy = { metadata: { name: "A" }, spec: { order: "1", ingress: rules } };
    const admission = admit(globalNetworkPolicy, policy);
    const errors = admission.admitted ? [] : admission.errors;
    assert.deepEqual(
      errors.map(({ field }) => field),
      [
        "spec.order",
        "spec.ingress[0].action",
        "spec.ingress[1].source.ports[0]",
        "metadata.name",
        "spec.ingress[1].protocol",
        "spec.ingress[1].source.nets[0]",
        "spec.ingress[1].source.ports[1]",
      ],
    );
  });

  it("takes nothing but an object", () => {
    for (const value of [null, [], "a", 1]) {
      for (const kind of KINDS) assert.equal(admit(kind, value).admitted, false);
    }
  });
});

const TEXTS = [
  "",
  "a",
  "a.b",
  "10.0.0.0/8",
  "10.0.0.1",
  "::/0",
  "::1",
  "global()",
  "a ==",
  "'",
  "8",
];
const PORTS = [0, 1, 6, 58, 80, 300, "80", "1:2", "TCP", "http", "ICMP"];

/** Values that pass `schema`, but for a few that do not. */
function valuesOf(schema: Schema<unknown>): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom<unknown>(...schema.enum, ...schema.enum, "x");
  if (schema["x-kubernetes-int-or-string"]) return fc.constantFrom<unknown>(...PORTS);
  switch (schema.type) {
    case "object":
      return schema.additionalProperties ? mapOf(schema.additionalProperties) : recordOf(schema);
    case "array":
      return fc.array(valuesOf(schema.items ?? {}), { maxLength: 2 });
    case "string":
      return fc.constantFrom(...TEXTS);
    case "integer":
      return fc.constantFrom(0, 1, 4, 6, 255, 70_000, -1);
    case "number":
      return fc.constantFrom(0, -1, 1.5, 1000);
    case "boolean":
      return fc.boolean();
    default:
      return fc.constantFrom(1, "a", null);
  }
}

function mapOf(values: Schema<unknown>): fc.Arbitrary<unknown> {
  return fc.dictionary(fc.constantFrom("a", "a/b", "$", "__proto__"), valuesOf(values));
}

function recordOf(schema: Schema<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const fields = Object.fromEntries(properties.map(([name, field]) => [name, valuesOf(field)]));
  return fc.record(fields, { requiredKeys: [...(schema.required ?? [])] });
}
