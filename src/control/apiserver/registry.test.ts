import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import {
  NAMESPACE,
  newRegistry,
  POD,
  POLICY,
  PROFILE,
  policy,
  refused,
  specOf,
  TIER,
} from "./registry-fixture.ts";
import { PLAIN_WRITE } from "./write.ts";

describe("create", () => {
  it("gives uid, creation time, generation and revision, and fills in defaults", () => {
    const registry = newRegistry();
    const { object } = registry.create(POLICY, "default", policy("web"), PLAIN_WRITE);
    const { managedFields: _, ...metadata } = object.metadata;
    assert.deepEqual(metadata, {
      name: "web",
      namespace: "default",
      uid: "uid-6",
      creationTimestamp: "2026-01-02T03:04:05Z",
      generation: 1,
      labels: { "projectcalico.org/tier": "default" },
      resourceVersion: "6",
    });
    assert.deepEqual(specOf(object), { selector: "all()", tier: "default", types: ["Ingress"] });
  });

  it("names an object by its prefix", () => {
    const registry = newRegistry();
    const sent = { ...policy("x"), metadata: { generateName: "web-" } };
    const { object } = registry.create(POLICY, "default", sent, PLAIN_WRITE);
    assert.match(object.metadata.name, /^web-./);
  });

  it("writes nothing in a dry run", () => {
    const registry = newRegistry();
    const { revision } = registry.storage;
    const options = { ...PLAIN_WRITE, dryRun: true };
    assert.equal(registry.create(POLICY, "default", policy("web"), options).outcome, "created");
    assert.equal(registry.storage.revision, revision);
    refused(404, "NotFound", () => registry.get(POLICY, "default", "web"));
  });

  it("labels a namespace with its name", () => {
    const registry = newRegistry();
    const { object } = registry.create(NAMESPACE, "", { metadata: { name: "a" } }, PLAIN_WRITE);
    assert.deepEqual(object.metadata.labels, { "kubernetes.io/metadata.name": "a" });
  });

  it("refuses what is not so", () => {
    const registry = newRegistry();
    const create = (kind: ResourceKind, namespace: string, sent: unknown): unknown =>
      registry.create(kind, namespace, sent, PLAIN_WRITE);
    create(POLICY, "default", policy("web"));
    refused(409, "AlreadyExists", () => create(POLICY, "default", policy("web")));
    refused(404, "NotFound", () => create(POLICY, "none", policy("web")), /namespaces "none"/);
    refused(403, "Forbidden", () => create(POLICY, "default", policy("b", { tier: "no" })), /Tier/);
    refused(400, "BadRequest", () => create(POLICY, "default", { kind: "Pod" }), /Pod/);
    refused(400, "BadRequest", () => create(POLICY, "default", []), /must be a NetworkPolicy/);
    const elsewhere = { ...policy("b"), metadata: { name: "b", namespace: "other" } };
    refused(400, "BadRequest", () => create(POLICY, "default", elsewhere), /namespace/);
    const versioned = { ...policy("b"), metadata: { name: "b", resourceVersion: "1" } };
    refused(400, "BadRequest", () => create(POLICY, "default", versioned), /resourceVersion/);
  });

  it("lists everything that is wrong as causes", () => {
    const sent = policy("web", { ingress: [{ action: "allow", protocol: "TCPP" }] });
    const registry = newRegistry();
    const status = refused(422, "Invalid", () =>
      registry.create(POLICY, "default", sent, PLAIN_WRITE),
    );
    assert.deepEqual(
      status.details?.causes?.map(({ field, reason }) => [field, reason]),
      [
        ["spec.ingress[0].action", "FieldValueNotSupported"],
        ["spec.ingress[0].protocol", "FieldValueInvalid"],
      ],
    );
  });

  it("refuses unknown fields, or leaves them out and tells", () => {
    const registry = newRegistry();
    const sent = policy("web", { selectr: "all()" });
    const create = (fieldValidation: "Strict" | "Warn") =>
      registry.create(POLICY, "default", sent, { ...PLAIN_WRITE, fieldValidation });
    refused(400, "BadRequest", () => create("Strict"), /unknown field "spec.selectr"/);
    const { object, warnings } = create("Warn");
    assert.equal(Object.hasOwn(specOf(object), "selectr"), false);
    assert.match(warnings.join(), /spec.selectr/);
  });
});

describe("replace and patch", () => {
  it("count generations of what is specified, and write nothing that is the same", () => {
    const registry = newRegistry();
    registry.create(POLICY, "default", policy("web"), PLAIN_WRITE);
    const replace = (sent: unknown) =>
      registry.replace(POLICY, "default", "web", sent, PLAIN_WRITE);
    assert.equal(replace(policy("web")).outcome, "unchanged");
    assert.equal(replace(policy("web", { order: 1 })).object.metadata.generation, 2);
    const labelled = {
      ...policy("web", { order: 1 }),
      metadata: { name: "web", labels: { a: "b" } },
    };
    assert.equal(replace(labelled).object.metadata.generation, 2);
  });

  it("refuse a version that is no longer the newest", () => {
    const registry = newRegistry();
    const { object } = registry.create(POLICY, "default", policy("web"), PLAIN_WRITE);
    const stale = (spec: object): unknown => ({ ...object, spec });
    registry.replace(POLICY, "default", "web", stale({ order: 1 }), PLAIN_WRITE);
    refused(409, "Conflict", () =>
      registry.replace(POLICY, "default", "web", stale({ order: 2 }), PLAIN_WRITE),
    );
  });

  it("leave the status to its subresource, but a pod's to its author", () => {
    const registry = newRegistry();
    registry.create(
      POLICY,
      "default",
      { ...policy("web"), status: { conditions: [] } },
      PLAIN_WRITE,
    );
    const web = (): Resource & { readonly status?: unknown } =>
      registry.get(POLICY, "default", "web");
    assert.equal(web().status, undefined);
    const said = { type: "Enforced", status: "False", reason: "No", message: "no" } as const;
    registry.reportCondition(POLICY, "default", "web", said);
    const { resourceVersion } = web().metadata;
    registry.reportCondition(POLICY, "default", "web", said);
    assert.equal(web().metadata.resourceVersion, resourceVersion);
    assert.equal(web().metadata.generation, 1);
    registry.replace(POLICY, "default", "web", policy("web", { order: 1 }), PLAIN_WRITE);
    assert.match(JSON.stringify(web().status), /"Enforced"/);
    const pod = { metadata: { name: "a" }, spec: {}, status: { podIP: "10.0.0.1" } };
    const created: Resource & { readonly status?: unknown } = registry.create(
      POD,
      "default",
      pod,
      PLAIN_WRITE,
    ).object;
    assert.deepEqual(created.status, { podIP: "10.0.0.1" });
  });
});

describe("delete", () => {
  it("says of a tier whether it takes policies", () => {
    const registry = newRegistry();
    const conditionOf = (name: string): unknown => {
      const found: Resource & { readonly status?: { readonly conditions?: readonly object[] } } =
        registry.get(TIER, "", name);
      return found.status?.conditions;
    };
    const lastTransitionTime = "2026-01-02T03:04:05Z";
    const ready = {
      type: "Ready",
      status: "True",
      reason: "Ready",
      message: "The tier is in use.",
    };
    assert.deepEqual(conditionOf("kube-admin"), [{ ...ready, lastTransitionTime }]);
    const tier = { metadata: { name: "t", finalizers: ["a/b"] }, spec: {} };
    registry.create(TIER, "", tier, PLAIN_WRITE);
    registry.delete(TIER, "", "t", { dryRun: false });
    const [going] = conditionOf("t") as readonly [{ readonly reason?: string }];
    assert.equal(going.reason, "Terminating");
    const late = (): unknown =>
      registry.create(POLICY, "default", policy("late", { tier: "t" }), PLAIN_WRITE);
    refused(403, "Forbidden", late, /Tier "t" is being deleted/);
  });

  it("keeps what is built in, and tiers with policies", () => {
    const registry = newRegistry();
    const remove = (kind: ResourceKind, namespace: string, name: string): unknown =>
      registry.delete(kind, namespace, name, { dryRun: false });
    for (const name of ["default", "kube-admin", "kube-baseline"]) {
      refused(403, "Forbidden", () => remove(TIER, "", name));
    }
    refused(403, "Forbidden", () => remove(PROFILE, "", "projectcalico-default-allow"));
    refused(403, "Forbidden", () => remove(NAMESPACE, "", "default"));
    registry.create(TIER, "", { metadata: { name: "t" }, spec: { order: 1 } }, PLAIN_WRITE);
    registry.create(POLICY, "default", policy("web", { tier: "t" }), PLAIN_WRITE);
    refused(403, "Forbidden", () => remove(TIER, "", "t"), /NetworkPolicy default\/web/);
    remove(POLICY, "default", "web");
    remove(TIER, "", "t");
    refused(404, "NotFound", () => remove(TIER, "", "t"));
  });

  it("lets a policy go whose tier went before it", () => {
    const registry = newRegistry();
    registry.create(TIER, "", { metadata: { name: "t" }, spec: {} }, PLAIN_WRITE);
    const held = policy("web", { tier: "t" });
    const metadata = { name: "web", finalizers: ["a/b"] };
    registry.create(POLICY, "default", { ...held, metadata }, PLAIN_WRITE);
    registry.delete(POLICY, "default", "web", { dryRun: false });
    registry.storage.delete({ type: "tiers.projectcalico.org", namespace: "", name: "t" });
    registry.replace(POLICY, "default", "web", held, PLAIN_WRITE);
    refused(404, "NotFound", () => registry.get(POLICY, "default", "web"));
  });

  it("takes what is in a namespace with it", () => {
    const registry = newRegistry();
    registry.create(NAMESPACE, "", { metadata: { name: "a" } }, PLAIN_WRITE);
    registry.create(POLICY, "a", policy("web"), PLAIN_WRITE);
    registry.create(POLICY, "default", policy("web"), PLAIN_WRITE);
    registry.delete(NAMESPACE, "", "a", { dryRun: false });
    refused(404, "NotFound", () => registry.get(POLICY, "a", "web"));
    assert.ok(registry.get(POLICY, "default", "web"));
  });

  it("waits for finalizers", () => {
    const registry = newRegistry();
    const held = { ...policy("web"), metadata: { name: "web", finalizers: ["a/b"] } };
    registry.create(POLICY, "default", held, PLAIN_WRITE);
    registry.delete(POLICY, "default", "web", { dryRun: false });
    assert.ok(registry.get(POLICY, "default", "web").metadata.deletionTimestamp);
    registry.replace(POLICY, "default", "web", policy("web"), PLAIN_WRITE);
    refused(404, "NotFound", () => registry.get(POLICY, "default", "web"));
  });

  it("removes only the object that was meant", () => {
    const registry = newRegistry();
    registry.create(POLICY, "default", policy("web"), PLAIN_WRITE);
    const remove = (preconditions: object): unknown =>
      registry.delete(POLICY, "default", "web", { dryRun: false, ...preconditions });
    refused(409, "Conflict", () => remove({ uid: "other" }));
    refused(409, "Conflict", () => remove({ resourceVersion: "1" }));
    remove({ uid: "uid-6", resourceVersion: "6" });
  });
});
