import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Registry } from "../../control/apiserver/registry.ts";
import { newRegistry } from "../../control/apiserver/registry-fixture.ts";
import { Refusal } from "../../control/apiserver/status.ts";
import { PLAIN_WRITE } from "../../control/apiserver/write.ts";
import { JudgeHere } from "./judge-here.ts";
import { JudgeThread } from "./judge-thread.ts";
import type { StatusReport } from "./status-report.ts";
import type { StoredUpdate } from "./stored-update.ts";

const pod = (name: string, ip: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { nodeName: "one" },
  status: { podIPs: [{ ip }] },
});
const WEB = {
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name: "web" },
};
const CLOSED = { ...WEB, spec: { types: ["Ingress"] } };
const OPEN = { ...WEB, spec: { ingress: [{ action: "Allow" }] } };
/** It says of packets what only requests have. */
const UNENFORCEABLE = {
  ...WEB,
  metadata: { name: "http" },
  spec: { ingress: [{ action: "Allow", http: { methods: ["GET"] } }] },
};
const TEST = {
  apiVersion: "picket.io/v1",
  kind: "PolicyTest",
  metadata: { name: "shut" },
  spec: {
    assertions: [
      {
        name: "shut",
        expect: "deny",
        from: [{ pod: "a" }],
        to: [{ pod: "b" }],
        ports: [{ port: 1 }],
      },
    ],
  },
};
const OPENED: readonly StoredUpdate[] = [
  {
    key: { type: "networkpolicies.projectcalico.org", namespace: "default", name: "web" },
    object: { ...OPEN, metadata: { name: "web", namespace: "default" } },
  },
];

describe("a judge in a thread", () => {
  let registry: Registry;
  let judge: JudgeThread;
  let here: JudgeHere;
  let reports: (readonly StatusReport[])[];
  let failures: Error[];
  let changes = Promise.withResolvers<void>();
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await changes.promise;
  };
  const changed = (_count: number): void => {
    changes.resolve();
    changes = Promise.withResolvers();
  };
  const apply = (...objects: readonly object[]): void => {
    const batch = registry.applyAll(objects, "default", PLAIN_WRITE);
    assert.ok(batch.applied, JSON.stringify(batch));
  };

  beforeEach(() => {
    registry = newRegistry();
    reports = [];
    failures = [];
    apply(pod("a", "10.0.0.1"), pod("b", "10.0.0.2"), CLOSED);
    judge = new JudgeThread({
      storage: registry.storage,
      onReports: (found) => changed(reports.push(found)),
      onFailure: (cause) => changed(failures.push(cause)),
    });
    here = new JudgeHere(registry.storage);
    apply(TEST, UNENFORCEABLE);
  });
  afterEach(() => judge.close());

  it("judges as one here does, whether it was told at the start or later", async () => {
    const judgement = await judge.judge(OPENED);
    assert.deepEqual(judgement, await here.judge(OPENED));
    assert.match(judgement.broken[0]?.text ?? "", /^PolicyTest default\/shut would fail: "shut": /);
    const [shut] = TEST.spec.assertions;
    apply({ ...TEST, spec: { assertions: [{ ...shut, expect: "allow" }] } });
    assert.deepEqual(await judge.judge(OPENED), { broken: [], more: 0 });
  });

  it("says what statuses do not", async () => {
    await until(() => reports.length > 0);
    const [found = []] = reports;
    assert.deepEqual(found, here.reports());
    assert.deepEqual(
      found.map(({ kind, name, said }) => `${kind} ${name}: ${said?.type} ${said?.status}`),
      ["NetworkPolicy http: Enforceable False", "PolicyTest shut: Passing True"],
    );
  });

  it("refuses whoever waits when it dies, says why, and comes back knowing what is stored", async () => {
    await judge.judge(OPENED);
    judge.kill();
    const gone = /^policy tests cannot be judged now: .* starts again in 100 ms: a judge is not/;
    const isGone = (reason: unknown): boolean =>
      reason instanceof Refusal && reason.status.code === 503 && gone.test(reason.message);
    await assert.rejects(judge.judge(OPENED), isGone);
    assert.match(
      failures[0]?.stack ?? "",
      /not asked this: \{"about":"death"\}[\s\S]*judge-module/,
    );
    await assert.rejects(judge.judge(OPENED), isGone, "there is nobody to wait for yet");

    apply({ ...TEST, metadata: { name: "other" } });
    reports.length = 0;
    await until(() => reports.length > 0);
    const judgement = await judge.judge(OPENED);
    assert.deepEqual(judgement, await here.judge(OPENED));
    assert.equal(judgement.broken.length, 2);
    assert.equal(failures.length, 1);
  });

  it("refuses who asks when it is closed", async () => {
    const asked = assert.rejects(judge.judge(OPENED), /the server is stopping/);
    await judge.close();
    await asked;
  });
});
