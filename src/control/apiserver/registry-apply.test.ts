import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Registry } from "./registry.ts";
import { newRegistry, POLICY, policy, refused, SET, specOf } from "./registry-fixture.ts";
import { PLAIN_WRITE } from "./write.ts";

describe("apply", () => {
  const set = (nets: readonly string[], labels = {}) => ({
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkSet",
    metadata: { name: "s", labels },
    spec: { nets },
  });
  const apply = (registry: Registry, manager: string, sent: unknown, force = false) =>
    registry.apply(SET, "", "s", sent, { ...PLAIN_WRITE, fieldManager: manager, force });
  const netsOf = (registry: Registry): unknown => specOf(registry.get(SET, "", "s")).nets;

  it("creates, adds to sets, and takes away what its manager leaves out", () => {
    const registry = newRegistry();
    assert.equal(apply(registry, "one", set(["10.0.0.0/8", "11.0.0.0/8"])).outcome, "created");
    apply(registry, "two", set(["10.0.0.0/8", "12.0.0.0/8"]));
    assert.deepEqual(netsOf(registry), ["10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8"]);
    apply(registry, "one", set(["13.0.0.0/8"]));
    assert.deepEqual(netsOf(registry), ["10.0.0.0/8", "12.0.0.0/8", "13.0.0.0/8"]);
    assert.equal(apply(registry, "one", set(["13.0.0.0/8"])).outcome, "unchanged");
  });

  it("takes another manager's field only by force", () => {
    const registry = newRegistry();
    apply(registry, "one", set([], { a: "1" }));
    const status = refused(
      409,
      "Conflict",
      () => apply(registry, "two", set([], { a: "2" })),
      /conflict with "one": \.metadata\.labels\.a/,
    );
    assert.equal(status.details?.causes?.[0]?.reason, "FieldManagerConflict");
    apply(registry, "two", set([], { a: "2" }), true);
    refused(409, "Conflict", () => apply(registry, "one", set([], { a: "1" })));
    assert.deepEqual(registry.get(SET, "", "s").metadata.labels, { a: "2" });
  });

  it("gives a field to whoever changes it", () => {
    const registry = newRegistry();
    apply(registry, "one", set([], { a: "1" }));
    const sent = set([], { a: "2" });
    registry.replace(SET, "", "s", sent, { ...PLAIN_WRITE, fieldManager: "edit" });
    refused(409, "Conflict", () => apply(registry, "one", set([], { a: "1" })), /"edit" using/);
  });
});

describe("applyAll", () => {
  const tier = {
    apiVersion: "projectcalico.org/v3",
    kind: "Tier",
    metadata: { name: "t" },
    spec: {},
  };
  const inTier = {
    ...policy("web", { tier: "t", selector: "all()" }),
    metadata: { name: "web", namespace: "new" },
  };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "new" } };

  it("applies objects whatever their order, and replaces them when they change", () => {
    const registry = newRegistry();
    const outcomes = (...sent: readonly unknown[]): unknown => {
      const batch = registry.applyAll(sent, "default", PLAIN_WRITE);
      return batch.applied && batch.written.map(({ outcome }) => outcome);
    };
    assert.deepEqual(outcomes(inTier, tier, namespace), ["created", "created", "created"]);
    assert.deepEqual(outcomes(inTier), ["unchanged"]);
    const changed = { ...inTier, spec: { tier: "t" } };
    assert.deepEqual(outcomes(changed), ["configured"]);
    const { selector } = specOf(registry.get(POLICY, "new", "web"));
    assert.equal(selector, undefined);
  });

  it("applies nothing if one is refused, and tells of all that are", () => {
    const registry = newRegistry();
    const { revision } = registry.storage;
    const unknown = { apiVersion: "v2", kind: "Tier", metadata: { name: "x" } };
    const batch = registry.applyAll([inTier, tier, unknown], "default", PLAIN_WRITE);
    assert.ok(!batch.applied);
    assert.deepEqual(
      batch.refusals.map(({ index, refusal }) => [index, refusal.status.code]),
      [
        [0, 404],
        [2, 400],
      ],
    );
    assert.equal(registry.storage.revision, revision);
  });
});
