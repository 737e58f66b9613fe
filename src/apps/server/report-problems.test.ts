import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Registry } from "../../control/apiserver/registry.ts";
import { newRegistry } from "../../control/apiserver/registry-fixture.ts";
import { PLAIN_WRITE } from "../../control/apiserver/write.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { JudgeHere } from "./judge-here.ts";
import { writeReport } from "./status-report.ts";

const CALICO = "projectcalico.org/v3";
const KUBERNETES = "networking.k8s.io/v1";

async function writeStatuses(registry: Registry): Promise<void> {
  const judge = new JudgeHere(registry.storage);
  for (const report of judge.reports()) await writeReport(registry, report);
  assert.deepEqual(judge.reports(), [], "all of it is said now");
  judge.close();
}

describe("reports of problems", () => {
  it("tells two policies of one name apart by their API, and takes back what is mended", async () => {
    const registry = newRegistry();
    const kindOf = (apiVersion: string): ResourceKind => {
      const kind = registry.catalog.named(apiVersion, "NetworkPolicy");
      assert.ok(kind);
      return kind;
    };
    const create = (apiVersion: string, spec: object): void => {
      const object = { apiVersion, kind: "NetworkPolicy", metadata: { name: "web" }, spec };
      registry.create(kindOf(apiVersion), "default", object, PLAIN_WRITE);
    };
    const conditionsOf = (apiVersion: string): unknown => {
      const found: Resource & { readonly status?: { readonly conditions?: unknown } } =
        registry.get(kindOf(apiVersion), "default", "web");
      return found.status?.conditions;
    };
    const http = { methods: ["GET"] };
    create(CALICO, { selector: "all()", ingress: [{ action: "Allow", http }] });
    create(KUBERNETES, { podSelector: {} });

    await writeStatuses(registry);
    assert.match(JSON.stringify(conditionsOf(CALICO)), /"Enforceable","status":"False".*http/);
    assert.equal(conditionsOf(KUBERNETES), undefined);

    const mended = { metadata: { name: "web" }, spec: { selector: "all()" } };
    registry.replace(kindOf(CALICO), "default", "web", mended, PLAIN_WRITE);
    await writeStatuses(registry);
    assert.deepEqual(conditionsOf(CALICO), []);
  });

  it("tells of policies of every kind, staged and administrators' ones too", async () => {
    const registry = newRegistry();
    const web = { action: "Allow", http: { methods: ["GET"] } };
    for (const [apiVersion, kind, spec, message] of [
      [CALICO, "StagedNetworkPolicy", { ingress: [web] }, /http/],
      [CALICO, "StagedGlobalNetworkPolicy", { ingress: [web] }, /http/],
      [
        "policy.networking.k8s.io/v1alpha2",
        "ClusterNetworkPolicy",
        {
          tier: "Admin",
          priority: 1,
          subject: { namespaces: {} },
          egress: [{ action: "Accept", to: [{ domainNames: ["a.example"] }] }],
        },
        /domainNames/,
      ],
    ] as const) {
      const found = registry.catalog.named(apiVersion, kind);
      assert.ok(found);
      const namespace = found.scope === "Namespaced" ? "default" : "";
      registry.create(found, namespace, { metadata: { name: "web" }, spec }, PLAIN_WRITE);
      await writeStatuses(registry);
      const { status } = registry.get(found, namespace, "web") as Resource & { status?: unknown };
      assert.match(JSON.stringify(status), /"Enforceable"/, kind);
      assert.match(JSON.stringify(status), message);
    }
  });
});
