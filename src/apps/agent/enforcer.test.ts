import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelOf } from "../../core/model/convert.ts";
import { address } from "../../core/net/address.ts";
import { admit } from "../../core/resources/admit.ts";
import { type AnyResource, kindOf } from "../../core/resources/kinds.ts";
import { FakeClock } from "../../dataplane/apply/clock.ts";
import { type FakeNft, fakeNft } from "../../dataplane/nft/fake-nft.ts";
import { NftError } from "../../dataplane/nft/nft.ts";
import { Enforcer } from "./enforcer.ts";
import type { AgentHealth } from "./health.ts";
import { type StateSource, sourceOf } from "./node-calculation.ts";

const INTERFACES = [{ name: "eth0", addresses: [address("192.0.2.1")] }];

function resource(apiVersion: string, kind: string, rest: object): AnyResource {
  const known = kindOf(apiVersion, kind);
  assert.ok(known);
  const admission = admit(known, rest);
  assert.ok(admission.admitted, JSON.stringify(admission));
  return admission.resource;
}

const CLUSTER = [
  resource("v1", "Namespace", { metadata: { name: "shop" } }),
  ...[1, 2].map((last) =>
    resource("v1", "Pod", {
      metadata: { name: `pod-${last}`, namespace: "shop", labels: { app: `app-${last}` } },
      spec: { nodeName: "one" },
      status: { phase: "Running", podIPs: [{ ip: `10.0.0.${last}` }] },
    }),
  ),
];

const denyAll = resource("projectcalico.org/v3", "GlobalNetworkPolicy", {
  metadata: { name: "deny-all" },
  spec: { ingress: [{ action: "Deny" }] },
});

function stateOf(revision: number, ...more: AnyResource[]): StateSource {
  return sourceOf({ model: modelOf([...CLUSTER, ...more]), revision, refused: [] }, "one");
}

function start(nft: FakeNft = fakeNft()) {
  const clock = new FakeClock();
  const told: AgentHealth[] = [];
  const enforcer = new Enforcer({
    node: "one",
    nft,
    clock,
    interfaces: () => INTERFACES,
    onHealth: (health) => {
      told.push(health);
      changes.resolve();
      changes = Promise.withResolvers();
    },
  });
  let changes = Promise.withResolvers<void>();
  /** Waits until health is such that `holds`. */
  const changed = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await changes.promise;
  };
  return { nft, clock, enforcer, told, changed };
}

const refused = (): NftError => new NftError("refused", "no room");

describe("Enforcer", () => {
  it("closes a node that has no table, and only such a one", async () => {
    const { nft, enforcer } = start();
    await enforcer.closeIfBare();
    const count = nft.transactions.length;
    assert.ok(count > 0);
    assert.equal(enforcer.health.inSync, false);
    await enforcer.stop();

    const second = start(nft);
    await second.enforcer.closeIfBare();
    assert.equal(nft.transactions.length, count, "the rules of the agent before stay");
    await second.enforcer.stop();
  });

  it("tells when a revision is in force", async () => {
    const { nft, enforcer } = start();
    enforcer.enforce(stateOf(7));
    await enforcer.enforced(7);
    assert.deepEqual(enforcer.health, {
      node: "one",
      inSync: true,
      revision: 7,
      problems: [],
      refused: [],
    });
    const before = nft.transactions.length;
    enforcer.enforce(stateOf(8, denyAll));
    await enforcer.enforced(8);
    assert.ok(nft.transactions.length > before);
    await enforcer.stop();
  });

  it("goes straight to the newest of several states", async () => {
    const { nft, enforcer, told } = start();
    const goOn = nft.hangNext();
    for (const revision of [1, 2, 3, 4]) enforcer.enforce(stateOf(revision, denyAll));
    goOn();
    await enforcer.enforced(4);
    const revisions = told.map(({ revision }) => revision);
    assert.equal(revisions.at(-1), 4);
    assert.ok(revisions.length < 4, `every state was enforced: ${revisions}`);
    await enforcer.stop();
  });

  it("says what a calculation died of, and tries again", async () => {
    const { clock, enforcer, changed } = start();
    enforcer.enforce(stateOf(1));
    await enforcer.enforced(1);
    let isBroken = true;
    const { state } = stateOf(2, denyAll);
    enforcer.enforce({
      revision: 2,
      state: () => {
        if (isBroken) throw new Error("a fault of ours");
        return state();
      },
    });
    await changed(() => enforcer.health.lastError !== undefined);
    assert.deepEqual([enforcer.health.lastError, enforcer.health.revision], ["a fault of ours", 1]);
    isBroken = false;
    clock.advance(100);
    await enforcer.enforced(2);
    await enforcer.stop();
  });

  it("keeps the old rules when nft fails, says why, and tries again", async () => {
    const { nft, clock, enforcer, told, changed } = start();
    enforcer.enforce(stateOf(1));
    await enforcer.enforced(1);
    nft.fail(refused());
    enforcer.enforce(stateOf(2, denyAll));
    await changed(() => enforcer.health.lastError !== undefined);
    assert.equal(enforcer.health.revision, 1);
    assert.equal(enforcer.health.inSync, false);
    assert.match(enforcer.health.lastError ?? "", /no room/);
    clock.advance(100);
    await enforcer.enforced(2);
    assert.equal(enforcer.health.lastError, undefined);
    assert.equal(told.at(-1)?.revision, 2);
    await enforcer.stop();
  });

  it("puts right what somebody else changed", async () => {
    const { nft, clock, enforcer, told, changed } = start();
    enforcer.enforce(stateOf(1));
    await enforcer.enforced(1);
    await new Promise(setImmediate);
    await nft.run([{ op: "delete table" }]);
    const before = nft.transactions.length;
    clock.advance(10_000);
    await changed(() => told.length === 3);
    const errors = told.map(({ lastError = "" }) => lastError.slice(0, 21));
    assert.deepEqual(errors, ["", "the table was changed", ""]);
    assert.ok(nft.transactions.length > before);
    assert.notEqual(await nft.list(), undefined);
    await enforcer.stop();
  });
});
