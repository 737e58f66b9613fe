import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ownerOf, templatedPod } from "./pod-template.ts";
import { readManifests } from "./read.ts";

const pod =
  "{ metadata: { labels: { app: a } }, spec: { containers: [{ ports: [{ name: http, containerPort: 80 }] }] } }";

describe("the pods that controllers start", () => {
  for (const [apiVersion, kind, spec] of [
    ["apps/v1", "Deployment", `{ template: ${pod} }`],
    ["apps/v1", "StatefulSet", `{ template: ${pod} }`],
    ["apps/v1", "DaemonSet", `{ template: ${pod} }`],
    ["apps/v1", "ReplicaSet", `{ template: ${pod} }`],
    ["v1", "ReplicationController", `{ template: ${pod} }`],
    ["batch/v1", "Job", `{ template: ${pod} }`],
    ["batch/v1", "CronJob", `{ jobTemplate: { spec: { template: ${pod} } } }`],
    ["kubevirt.io/v1", "VirtualMachine", `{ template: ${pod} }`],
  ]) {
    it(`have the labels and ports of a ${kind}'s template`, () => {
      const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a, namespace: shop }\nspec: ${spec}\n`;
      const { resources, errors } = readManifests(text, "f", { controllers: "as pods" });
      assert.deepEqual(errors, []);
      const [only] = resources;
      assert.ok(only?.resource.kind === "Pod");
      assert.deepEqual(only.resource.metadata.labels, { app: "a" });
      assert.equal(only.resource.spec.containers?.[0]?.ports?.[0]?.containerPort, 80);
      assert.deepEqual(ownerOf(only.resource), { kind, namespace: "shop", name: "a" });
    });
  }

  it("say where something in them is wrong", () => {
    const text = [
      "apiVersion: batch/v1",
      "kind: CronJob",
      "metadata: { name: a }",
      "spec:",
      "  jobTemplate:",
      "    spec:",
      "      template:",
      "        metadata:",
      "          labels: { app: 7 }",
    ].join("\n");
    const { errors } = readManifests(text, "f", { controllers: "as pods" });
    const [error] = errors;
    assert.equal(error?.path, "spec.jobTemplate.spec.template.metadata.labels.app");
    assert.equal(error?.line, 9);
  });

  it("are not those of another program's kind of that name", () => {
    const object = { apiVersion: "example.com/v1", kind: "Job", metadata: { name: "a" } };
    assert.equal(templatedPod(object), undefined);
  });

  it("are their controller's, not their node's", () => {
    const owners = (...ownerReferences: object[]) =>
      ownerOf({ metadata: { name: "p", namespace: "shop", ownerReferences } });
    const node = { kind: "Node", name: "node-1", controller: true };
    const set = { kind: "ReplicaSet", name: "web-1", controller: true };
    assert.deepEqual(owners(node), { kind: "Pod", namespace: "shop", name: "p" });
    assert.deepEqual(owners(node, set), { kind: "ReplicaSet", namespace: "shop", name: "web-1" });
    assert.deepEqual(owners({ ...set, controller: false }), {
      kind: "Pod",
      namespace: "shop",
      name: "p",
    });
  });
});
