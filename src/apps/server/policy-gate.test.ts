import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Registry } from "../../control/apiserver/registry.ts";
import { newRegistry } from "../../control/apiserver/registry-fixture.ts";
import { Refusal } from "../../control/apiserver/status.ts";
import { PLAIN_WRITE } from "../../control/apiserver/write.ts";
import type { Storage } from "../../control/storage/storage.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { JudgeHere } from "./judge-here.ts";
import { PolicyGate } from "./policy-gate.ts";
import { writeReport } from "./status-report.ts";

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
  let judge: JudgeHere;
  beforeEach(async () => {
    registry = newRegistry((storage: Storage) => {
      judge = new JudgeHere(storage);
      const gate = new PolicyGate(storage, judge);
      return (revision) => gate.guard(revision);
    });
    for (const object of CLUSTER) await apply(object);
  });

  function kindOf(apiVersion: string, name: string): ResourceKind {
    const kind = registry.catalog.named(apiVersion, name);
    assert.ok(kind);
    return kind;
  }
  async function apply(...objects: readonly object[]): Promise<void> {
    const batch = await registry.decided(() => registry.applyAll(objects, "default", PLAIN_WRITE));
    assert.ok(batch.applied, JSON.stringify(batch));
  }
  const statusOf = async (): Promise<string> => {
    for (const report of judge.reports()) await writeReport(registry, report);
    const test: Resource & { readonly status?: unknown } = registry.get(
      kindOf("picket.io/v1", "PolicyTest"),
      "default",
      "db",
    );
    return JSON.stringify(test.status);
  };
  const replaceNow = (object: typeof OPEN, dryRun = false) => {
    const kind = kindOf(object.apiVersion, object.kind);
    registry.replace(kind, "default", "db", object, { ...PLAIN_WRITE, dryRun });
  };
  const removeNow = (object: Named, name = "db") => {
    registry.delete(kindOf(object.apiVersion, object.kind), "default", name, { dryRun: false });
  };
  const replace = (object: typeof OPEN, dryRun = false) =>
    registry.decided(() => replaceNow(object, dryRun));
  const remove = (object: Named, name = "db") => registry.decided(() => removeNow(object, name));

  it("lets every write pass while there is no test", async () => {
    await apply(OPEN);
    await remove(OPEN);
  });

  it("refuses a change that breaks a test, and says which and by what", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    const status = await refused(403, "Forbidden", () => replace(OPEN), BROKEN);
    assert.match(status.message ?? "", /^networkpolicies\.projectcalico\.org "db" is forbidden: /);
    assert.equal(status.details?.causes?.[0]?.field, "spec.assertions[1]");
    await refused(403, "Forbidden", () => replace(OPEN, true), BROKEN);
    await refused(403, "Forbidden", () => apply(OPEN), BROKEN);
    await replace(WEB_ONLY);
  });

  it("refuses to delete what a test depends on", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    await refused(403, "Forbidden", () => remove(WEB_ONLY), /"spy may not": .*is allowed/);
    await refused(403, "Forbidden", () => remove(CLUSTER[0], "web"), /"web may": no pod or VM/);
  });

  it("refuses labels that break a test", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    const relabelled = { ...CLUSTER[1], metadata: { name: "spy", labels: { app: "web" } } };
    await refused(403, "Forbidden", () => apply(relabelled), /"spy may not"/);
  });

  it("judges a batch as a whole", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    const denied = {
      ...WEB_ONLY,
      metadata: { name: "early" },
      spec: { ...WEB_ONLY.spec, order: 1, ingress: [{ action: "Deny" }] },
    };
    await refused(403, "Forbidden", () => apply(denied), /"web may"/);
    const first = { action: "Allow", source: { selector: "app == 'web'" } };
    await apply(denied, {
      ...denied,
      spec: { ...denied.spec, ingress: [first, { action: "Deny" }] },
    });
  });

  it("takes a test that fails, and guards what of it holds", async () => {
    await apply(testOf(SPY_MAY_NOT, assertion("spy may", "allow", "spy")));
    await refused(403, "Forbidden", () => replace(OPEN), /"spy may not"/);
    assert.match(await statusOf(), /"assertions":"1\/2"/);
  });

  it("lets a change of test and policy together pass", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    await refused(403, "Forbidden", () =>
      apply(OPEN, testOf(WEB_MAY, SPY_MAY_NOT, { ...WEB_MAY, name: "x" })),
    );
    await apply(OPEN, testOf(WEB_MAY, { ...SPY_MAY_NOT, expect: "allow" }));
    assert.match(await statusOf(), /"assertions":"2\/2"/);
  });

  it("no longer guards a test that is gone", async () => {
    await apply(testOf(SPY_MAY_NOT));
    await remove(testOf());
    await replace(OPEN);
  });

  it("remembers nothing of what was refused or only tried", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    for (const tried of [OPEN, WEB_ONLY, OPEN]) {
      if (tried === OPEN) await refused(403, "Forbidden", () => replace(tried, true));
      else await replace({ ...tried, spec: { ...tried.spec, selector: "app == 'db' " } });
    }
    await refused(403, "Forbidden", () => replace(OPEN), BROKEN);
  });

  it("does not stand in the way of what is taken back", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    registry.unguarded(() => removeNow(WEB_ONLY));
    assert.match(await statusOf(), /"assertions":"1\/2"/);
  });

  it("says on the status of a test whether it passes", async () => {
    await apply(testOf(WEB_MAY, SPY_MAY_NOT));
    assert.match(await statusOf(), /"type":"Passing","status":"True".*"assertions":"2\/2"/);
    registry.unguarded(() => replaceNow(OPEN));
    assert.match(
      await statusOf(),
      /"status":"False","reason":"AssertionFails","message":"\\"spy may not\\":/,
    );
    assert.deepEqual(judge.reports(), [], "nothing new is said");
    await replace(WEB_ONLY);
    assert.match(await statusOf(), /"status":"True"/);
  });
});

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The status of the refusal that `act` must end in. */
async function refused(
  code: number,
  reason: string,
  act: () => Promise<unknown>,
  message = /./,
): Promise<Refusal["status"]> {
  try {
    await act();
  } catch (refusal) {
    assert.ok(refusal instanceof Refusal, String(refusal));
    assert.deepEqual([refusal.status.code, refusal.status.reason], [code, reason]);
    assert.match(refusal.message, message);
    return refusal.status;
  }
  assert.fail(`expected ${code} ${reason}`);
}
