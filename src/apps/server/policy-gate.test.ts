import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Registry } from "../../control/apiserver/registry.ts";
import { newRegistry, refused } from "../../control/apiserver/registry-fixture.ts";
import { PLAIN_WRITE } from "../../control/apiserver/write.ts";
import type { Storage } from "../../control/storage/storage.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { PolicyGate } from "./policy-gate.ts";
import { writeTestStatuses } from "./report-tests.ts";

const pod = (name: string, ip: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { nodeName: "one" },
  status: { podIPs: [{ ip }] },
});

const WEB_ONLY = {
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name: "db" },
  spec: {
    selector: "app == 'db'",
    ingress: [{ action: "Allow", source: { selector: "app == 'web'" } }],
  },
};
const OPEN = { ...WEB_ONLY, spec: { selector: "app == 'db'", ingress: [{ action: "Allow" }] } };

const assertion = (name: string, expect: string, from: string) => ({
  name,
  expect,
  from: [{ pod: from }],
  to: [{ pod: "db" }],
  ports: [{ port: 5432 }],
});
const WEB_MAY = assertion("web may", "allow", "web");
const SPY_MAY_NOT = assertion("spy may not", "deny", "spy");

const testOf = (...assertions: readonly object[]) => ({
  apiVersion: "picket.io/v1",
  kind: "PolicyTest",
  metadata: { name: "db" },
  spec: { assertions },
});

const CLUSTER = [
  pod("web", "10.0.0.1"),
  pod("spy", "10.0.0.2"),
  pod("db", "10.0.0.3"),
  WEB_ONLY,
] as const;

const BROKEN =
  /PolicyTest default\/db would fail: "spy may not": expected to be denied, but is allowed: TCP port 5432 from default\/spy \(10\.0\.0\.2\) to default\/db \(10\.0\.0\.3\) \(ingress of default\/db: NetworkPolicy default\/db rule 1\)$/;

describe("PolicyGate", () => {
  let registry: Registry;
  let gate: PolicyGate;
  beforeEach(() => {
    registry = newRegistry((storage: Storage) => {
      gate = new PolicyGate(storage);
      return (revision) => gate.guard(revision);
    });
    for (const object of CLUSTER) apply(object);
  });

  function kindOf(apiVersion: string, name: string): ResourceKind {
    const kind = registry.catalog.named(apiVersion, name);
    assert.ok(kind);
    return kind;
  }
  function apply(...objects: readonly object[]): void {
    const batch = registry.applyAll(objects, "default", PLAIN_WRITE);
    assert.ok(batch.applied, JSON.stringify(batch));
  }
  const statusOf = () => {
    writeTestStatuses(registry, gate);
    const test: Resource & { readonly status?: unknown } = registry.get(
      kindOf("picket.io/v1", "PolicyTest"),
      "default",
      "db",
    );
    return JSON.stringify(test.status);
  };
  const replace = (object: typeof OPEN, dryRun = false) => {
    const kind = kindOf(object.apiVersion, object.kind);
    registry.replace(kind, "default", "db", object, { ...PLAIN_WRITE, dryRun });
  };
  const remove = (object: { readonly apiVersion: string; readonly kind: string }, name = "db") => {
    registry.delete(kindOf(object.apiVersion, object.kind), "default", name, { dryRun: false });
  };

  it("lets every write pass while there is no test", () => {
    apply(OPEN);
    remove(OPEN);
  });

  it("refuses a change that breaks a test, and says which and by what", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    const status = refused(403, "Forbidden", () => replace(OPEN), BROKEN);
    assert.match(status.message ?? "", /^networkpolicies\.projectcalico\.org "db" is forbidden: /);
    assert.equal(status.details?.causes?.[0]?.field, "spec.assertions[1]");
    refused(403, "Forbidden", () => replace(OPEN, true), BROKEN);
    refused(403, "Forbidden", () => apply(OPEN), BROKEN);
    replace(WEB_ONLY);
  });

  it("refuses to delete what a test depends on", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    refused(403, "Forbidden", () => remove(WEB_ONLY), /"spy may not": .*is allowed/);
    refused(403, "Forbidden", () => remove(CLUSTER[0], "web"), /"web may": no pod or VM/);
  });

  it("refuses labels that break a test", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    const relabelled = { ...CLUSTER[1], metadata: { name: "spy", labels: { app: "web" } } };
    refused(403, "Forbidden", () => apply(relabelled), /"spy may not"/);
  });

  it("judges a batch as a whole", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    const denied = {
      ...WEB_ONLY,
      metadata: { name: "early" },
      spec: { ...WEB_ONLY.spec, order: 1, ingress: [{ action: "Deny" }] },
    };
    refused(403, "Forbidden", () => apply(denied), /"web may"/);
    const first = { action: "Allow", source: { selector: "app == 'web'" } };
    apply(denied, { ...denied, spec: { ...denied.spec, ingress: [first, { action: "Deny" }] } });
  });

  it("takes a test that fails, and guards what of it holds", () => {
    apply(testOf(SPY_MAY_NOT, assertion("spy may", "allow", "spy")));
    refused(403, "Forbidden", () => replace(OPEN), /"spy may not"/);
    assert.match(statusOf(), /"assertions":"1\/2"/);
  });

  it("lets a change of test and policy together pass", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    refused(403, "Forbidden", () =>
      apply(OPEN, testOf(WEB_MAY, SPY_MAY_NOT, { ...WEB_MAY, name: "x" })),
    );
    apply(OPEN, testOf(WEB_MAY, { ...SPY_MAY_NOT, expect: "allow" }));
    assert.match(statusOf(), /"assertions":"2\/2"/);
  });

  it("no longer guards a test that is gone", () => {
    apply(testOf(SPY_MAY_NOT));
    remove(testOf());
    replace(OPEN);
  });

  it("remembers nothing of what was refused or only tried", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    for (const tried of [OPEN, WEB_ONLY, OPEN]) {
      if (tried === OPEN) refused(403, "Forbidden", () => replace(tried, true));
      else replace({ ...tried, spec: { ...tried.spec, selector: "app == 'db' " } });
    }
    refused(403, "Forbidden", () => replace(OPEN), BROKEN);
  });

  it("does not stand in the way of what is taken back", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    registry.unguarded(() => remove(WEB_ONLY));
    assert.match(statusOf(), /"assertions":"1\/2"/);
  });

  it("says on the status of a test whether it passes", () => {
    apply(testOf(WEB_MAY, SPY_MAY_NOT));
    assert.match(statusOf(), /"type":"Passing","status":"True".*"assertions":"2\/2"/);
    registry.unguarded(() => replace(OPEN));
    const failing = statusOf();
    assert.match(
      failing,
      /"status":"False","reason":"AssertionFails","message":"\\"spy may not\\":/,
    );
    const { revision } = registry.storage;
    writeTestStatuses(registry, gate);
    assert.equal(registry.storage.revision, revision, "nothing new is said");
    replace(WEB_ONLY);
    assert.match(statusOf(), /"status":"True"/);
  });
});
