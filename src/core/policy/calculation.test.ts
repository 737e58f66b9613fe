import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Follower } from "../../../test/states/follower.ts";
import {
  farPod,
  handsOn,
  host,
  nets,
  pod,
  policy,
  profile,
  service,
  tier,
} from "../../../test/states/parts.ts";
import { allow, deny } from "../../../test/states/rules.ts";
import type { ModelUpdate } from "../model/update.ts";
import { Calculation } from "./calculation.ts";

const TIER = tier("default", 10);
const FRIENDS = policy("friends", "app == 'web'", {
  ingress: [allow({ from: { who: "team == 'friends'" } })],
});
const NAMES = policy("names", "app == 'web'", {
  egress: [allow({ protocol: "TCP", to: { who: "has(app)", ports: ["http"] } })],
});
const web = (parts: Parameters<typeof pod>[2] = {}) => pod("web", "10.0.0.1", parts);
const gone = (update: ModelUpdate): ModelUpdate => ({ ...update, value: undefined });

/** What must come to what the batch says of it, flush by flush, in whatever order a batch is told. */
const ROWS: readonly (readonly [string, ...(readonly (readonly ModelUpdate[])[])])[] = [
  [
    "an endpoint that names a profile twice, then once, then not at all",
    [
      TIER,
      FRIENDS,
      NAMES,
      profile("kns.prod", [allow()]),
      handsOn("kns.prod", { team: "friends" }),
    ],
    [web({ profiles: ["kns.prod", "kns.prod"] })],
    [handsOn("kns.prod", { team: "foes" }), profile("kns.prod", [deny()])],
    [web({ profiles: ["kns.prod"] })],
    [handsOn("kns.prod", { team: "friends" })],
    [web()],
  ],
  [
    "endpoints that have an address twice, and share it",
    [TIER, NAMES, pod("web", "10.0.0.1,10.0.0.1", { ports: ["http TCP/80", "http TCP/80"] })],
    [farPod("other", "10.0.0.1", { ports: ["http TCP/80"] })],
    [web({ ports: ["http TCP/80"] })],
    [gone(web())],
    [farPod("other", "10.0.0.1,10.0.0.1")],
  ],
  [
    "labels and profiles that are called __proto__ and constructor",
    [TIER, policy("odd", "has(__proto__) || constructor == 'x'", { ingress: [allow()] })],
    [web({ labels: Object.fromEntries([["__proto__", "x"]]), profiles: ["__proto__"] })],
    [handsOn("__proto__", { constructor: "x" }), web({ profiles: ["__proto__"] })],
    [web({ profiles: ["constructor"] }), profile("constructor", [allow()])],
    [handsOn("__proto__", {})],
  ],
  [
    "selectors that select nothing, or everything",
    [TIER, web(), nets("none", { app: "nets" }), farPod("far", "10.0.1.1")],
    [
      policy("never", "app == 'web' && app == 'db'", { ingress: [deny()] }),
      policy("neither", "has(app) && !has(app)", { ingress: [deny()] }),
      policy("all", "all()", {
        ingress: [
          allow({ from: { who: "app in {'x'} && app in {'y'}" } }),
          deny({ from: { notWho: "all()" } }),
          allow({ from: { who: "!has(app)" } }),
        ],
      }),
    ],
    [web({ labels: {} }), nets("none", { app: "nets" }, "192.0.2.0/24")],
    [nets("none", {}, "192.0.2.0/24"), gone(policy("never", "all()"))],
  ],
  [
    "an object that changes together with the profile that it names",
    [TIER, FRIENDS, web({ profiles: ["kns.prod"] }), farPod("far", "10.0.1.1")],
    [
      handsOn("kns.prod", { team: "friends", app: "web" }),
      farPod("far", "10.0.1.1", { profiles: ["kns.prod"] }),
      web({ labels: {}, profiles: ["kns.prod"] }),
    ],
    [
      handsOn("kns.prod", {}),
      farPod("far", "10.0.1.2", { labels: { team: "friends" }, profiles: ["kns.prod"] }),
      web({ profiles: [] }),
    ],
  ],
  [
    "policies that take over one another's sets",
    [TIER, web(), FRIENDS, NAMES, farPod("far", "10.0.1.1", { labels: { team: "friends" } })],
    [
      gone(FRIENDS),
      policy("takes", "app == 'web'", {
        egress: [deny({ to: { who: "team == 'friends'", nets: ["10.0.0.0/8"] } })],
      }),
      farPod("far", "10.0.1.2", { labels: { team: "friends" }, ports: ["http TCP/80"] }),
    ],
    [FRIENDS, gone(policy("takes", "all()")), gone(NAMES)],
    [gone(FRIENDS), NAMES],
  ],
  [
    "a service that comes and goes with who asks for it",
    [TIER, web(), service("prod/shop", "10.0.1.1 TCP/80", "10.0.1.1 TCP/81")],
    [
      policy("ask", "app == 'web'", {
        egress: [
          allow({ protocol: "TCP", to: { service: "prod/shop", ports: [80, "http"] } }),
          allow({ protocol: "TCP", to: { service: "prod/shop" } }),
        ],
        ingress: [allow({ from: { service: "prod/shop" } })],
      }),
      farPod("far", "10.0.1.1", { ports: ["http TCP/81"] }),
    ],
    [farPod("far", "10.0.1.1"), service("prod/shop", "10.0.1.2 TCP/80")],
    [gone(service("prod/shop")), web({ labels: {} })],
    [service("prod/shop", "10.0.1.2 TCP/80"), web()],
  ],
  [
    "endpoints that move from node to node",
    [TIER, FRIENDS, profile("kns.prod"), handsOn("kns.prod", { team: "friends" })],
    [web({ node: "there", profiles: ["kns.prod"] }), host("here", "*")],
    [web({ profiles: ["kns.prod"] }), host("here", "*", { node: "there" })],
    [web({ node: "there" }), host("here", "eth0"), gone(profile("kns.prod"))],
    [host("here", "*"), web()],
  ],
];

describe("a calculation", () => {
  for (const [what, ...batches] of ROWS) {
    for (const order of ["as they are written", "the last first"] as const) {
      it(`follows ${what}; updates of a batch ${order}`, () => {
        const follower = new Follower((options) => new Calculation(options));
        follower.inSync();
        for (const batch of batches) {
          const updates = order === "the last first" ? batch.toReversed() : batch;
          for (const update of updates) follower.tell(update);
          follower.flush();
        }
        follower.empty();
      });
    }
  }

  it("says nothing before it is in sync", () => {
    const calculation = new Calculation({ isLocal: () => true });
    for (const update of [TIER, FRIENDS, web()]) calculation.update(update);
    assert.equal(calculation.flush(), undefined);
    calculation.inSync();
    assert.equal(calculation.flush()?.endpoints.length, 1);
  });
});
