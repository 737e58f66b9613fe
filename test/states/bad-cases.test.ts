/** What must not go wrong, each by its name. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import { Calculation } from "../../src/core/policy/calculation.ts";
import { briefLines } from "./brief-text.ts";
import { Follower } from "./follower.ts";
import { farPod, handsOn, netsOf, pod, policy, profile, service, tier } from "./parts.ts";
import { allow } from "./rules.ts";
import { follow } from "./walk.ts";

const MANY = 10_000;

/** A pod whose policy has a referent of every kind. */
const REFERENTS: readonly ModelUpdate[] = [
  tier("ops", 10, "Pass"),
  profile("kns.prod", [allow()], [allow()]),
  handsOn("kns.prod", { "pcns.team": "friends" }),
  service("prod/shop", "10.0.1.2 TCP/80"),
  netsOf("prod", "office", { zone: "out" }, "192.0.2.0/24"),
  farPod("client", "10.0.1.2", { profiles: ["kns.prod"], ports: ["http TCP/80"] }),
  policy("web", "app == 'web'", {
    tier: "ops",
    ingress: [allow({ from: { who: "pcns.team == 'friends'" } })],
    egress: [
      allow({ protocol: "TCP", to: { service: "prod/shop" } }),
      allow({ protocol: "TCP", to: { ports: ["http"] } }),
    ],
  }),
  pod("web", "10.0.0.1", { profiles: ["kns.prod"] }),
];

describe("a calculation", () => {
  for (const update of REFERENTS) {
    it(`says nothing when a ${update.part} is deleted and made anew in one batch`, () => {
      const follower = started(REFERENTS);
      follower.tell({ ...update, value: undefined });
      follower.tell(structuredClone(update));
      assert.deepEqual([...follower.flush()], []);
    });

    it(`heals when a ${update.part} goes and comes back`, () => {
      const follower = started(REFERENTS);
      const before = briefLines(follower.outcome);
      follower.tell({ ...update, value: undefined });
      assert.notDeepEqual([...follower.flush()], []);
      assert.notDeepEqual(briefLines(follower.outcome), before);
      follower.tell(update);
      follower.flush();
      assert.deepEqual(briefLines(follower.outcome), before);
      follower.empty();
    });

    it(`hears of a ${update.part} that never was, and that it is not there`, () => {
      const follower = started([]);
      follower.tell({ ...update, value: undefined });
      assert.deepEqual([...follower.flush()], []);
      follower.checkEmpty();
    });
  }

  it("denies what a missing profile would have decided", () => {
    const follower = started([pod("web", "10.0.0.1", { profiles: ["kns.prod"] })]);
    assert.deepEqual(briefLines(follower.outcome), [
      "web in, out: no profile kns.prod",
      "no profile kns.prod in, out: -",
    ]);
  });

  it(`forgets ${MANY} policies that are deleted at once`, () => {
    const policies = Array.from({ length: MANY }, (_, i) =>
      policy(`p${i}`, `app == 'web' && has(l${i % 100})`, {
        ingress: [allow({ from: { who: `group == '${i}'` } })],
      }),
    );
    const labels = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`l${i}`, ""]));
    const web = pod("web", "10.0.0.1", { labels: { app: "web", ...labels } });
    const follower = started([web, ...policies]);
    assert.equal(follower.outcome.policies.size, MANY);
    follow(
      follower,
      policies.map((update) => ({ ...update, value: undefined })),
    );
    assert.deepEqual([...follower.flush()].sort(), ["endpoints", "gone addresses", "gonePolicies"]);
    assert.deepEqual(briefLines(follower.outcome), ["web in, out: -"]);
    follower.empty();
  });
});

function started(updates: readonly ModelUpdate[]): Follower {
  const follower = new Follower((options) => new Calculation(options));
  follow(follower, updates);
  follower.inSync();
  follower.flush();
  return follower;
}
