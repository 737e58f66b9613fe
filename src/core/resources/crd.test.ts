import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entry, isObject, type JsonObject, objectAt } from "../schema/json-object.ts";
import { customResourceDefinition, isCustom } from "./crd.ts";
import { globalNetworkPolicy } from "./global-network-policy.ts";
import { KINDS } from "./kinds.ts";
import { tier } from "./tier.ts";

const definitions = KINDS.filter(isCustom).map(customResourceDefinition);

/** The one version of a definition. */
function versionOf(definition: JsonObject): JsonObject {
  const versions = entry(objectAt(definition, "spec"), "versions");
  const [version] = Array.isArray(versions) ? versions : [];
  assert.ok(isObject(version));
  return version;
}

function schemaAt(definition: JsonObject, ...path: readonly string[]): JsonObject {
  const root = objectAt(objectAt(versionOf(definition), "schema"), "openAPIV3Schema");
  return path.reduce<JsonObject>(
    (schema, name) => objectAt(objectAt(schema, "properties"), name),
    root,
  );
}

/** Every schema of a definition, with its path. */
function schemasIn(schema: unknown, path: string): readonly (readonly [string, JsonObject])[] {
  if (!isObject(schema)) return [];
  const below = [
    ...Object.entries(objectAt(schema, "properties")),
    ["[]", entry(schema, "items")] as const,
    ["*", entry(schema, "additionalProperties")] as const,
  ];
  return [[path, schema], ...below.flatMap(([name, inner]) => schemasIn(inner, `${path}.${name}`))];
}

describe("a CustomResourceDefinition", () => {
  it("says what the kind is called, and how it is listed", () => {
    const definition = customResourceDefinition(tier);
    assert.equal(objectAt(definition, "metadata").name, "tiers.projectcalico.org");
    const spec = objectAt(definition, "spec");
    assert.equal(spec.scope, "Cluster");
    assert.deepEqual(spec.names, {
      kind: "Tier",
      listKind: "TierList",
      plural: "tiers",
      singular: "tier",
    });
    const version = versionOf(definition);
    assert.deepEqual(version.subresources, { status: {} });
    const columns = version.additionalPrinterColumns as { jsonPath: string }[];
    assert.deepEqual(
      columns.map(({ jsonPath }) => jsonPath),
      [".spec.order", ".spec.defaultAction", ".status.conditions[?(@.type=='Ready')].reason"],
    );
  });

  it("selects policies by their tier", () => {
    const version = versionOf(customResourceDefinition(globalNetworkPolicy));
    assert.deepEqual(version.selectableFields, [{ jsonPath: ".spec.tier" }]);
  });

  it("says rules in CEL, with the field at fault", () => {
    const spec = schemaAt(customResourceDefinition(globalNetworkPolicy), "spec");
    const rules = spec["x-kubernetes-validations"] as readonly JsonObject[];
    assert.deepEqual(
      rules.find(({ fieldPath }) => fieldPath === ".egress"),
      {
        rule: "!(has(self.preDNAT) && self.preDNAT && has(self.egress) && size(self.egress) > 0)",
        message: "preDNAT policy cannot have any egress rules",
        fieldPath: ".egress",
        reason: "FieldValueForbidden",
      },
    );
  });

  for (const definition of definitions) {
    const { name, annotations } = objectAt(definition, "metadata");

    it(`of ${name} is JSON and nothing else`, () => {
      assert.deepEqual(JSON.parse(JSON.stringify(definition)), definition);
    });

    it(`of ${name} says of metadata only that it is there`, () => {
      assert.deepEqual(schemaAt(definition, "metadata"), { type: "object" });
    });

    it(`of ${name} is structural: each schema has a type, or says that it needs none`, () => {
      const untyped = schemasIn(schemaAt(definition), "").filter(
        ([, schema]) =>
          schema.type === undefined &&
          !schema["x-kubernetes-int-or-string"] &&
          !schema["x-kubernetes-preserve-unknown-fields"],
      );
      assert.deepEqual(
        untyped.map(([path]) => path),
        [],
      );
    });

    it(`of ${name} is approved as its group asks`, () => {
      const isKubernetes = String(name).endsWith(".k8s.io");
      assert.equal(
        isObject(annotations) && "api-approved.kubernetes.io" in annotations,
        isKubernetes,
      );
    });
  }
});
