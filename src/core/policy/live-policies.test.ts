import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { briefLines } from "../../../test/states/brief-text.ts";
import { Follower } from "../../../test/states/follower.ts";
import { handsOn, pod, policy, tier } from "../../../test/states/parts.ts";
import { allow, deny } from "../../../test/states/rules.ts";
import type { ModelUpdate } from "../model/update.ts";
import { Calculation } from "./calculation.ts";

const WEB = "app == 'web'";
const AWAY = pod("web", "10.0.0.1", { labels: { app: "other" } });
const BACK = pod("web", "10.0.0.1");
const ADMIT = policy("admit", WEB, { order: 1, ingress: [allow()] });
const STATE = [tier("default", 10), ADMIT, policy("base", WEB, { order: 2, ingress: [allow()] })];

describe("an endpoint that its selector loses and finds again in one batch", () => {
  const rows: readonly (readonly [string, ModelUpdate, readonly string[]])[] = [
    [
      "says something else",
      policy("admit", WEB, { order: 1, ingress: [deny()] }),
      ["web in: default[admit base]", "policy admit in: Deny"],
    ],
    [
      "comes after another",
      policy("admit", WEB, { order: 3, ingress: [allow()] }),
      ["web in: default[base admit]", "policy admit in: Allow"],
    ],
    [
      "governs another direction",
      policy("admit", WEB, { order: 1, egress: [deny()] }),
      ["web in: default[base]", "web out: default[admit]", "policy admit out: Deny"],
    ],
    ["is gone", { ...ADMIT, value: undefined }, ["web in: default[base]"]],
    [
      "is new",
      policy("late", WEB, { ingress: [deny()] }),
      ["web in: default[admit base late]", "policy late in: Deny"],
    ],
  ];
  for (const [what, change, expected] of rows) {
    it(`is under the policy of then that ${what} meanwhile`, () => {
      const follower = followerOf([...STATE, BACK]);
      for (const update of [AWAY, change, BACK]) follower.tell(update);
      follower.flush();
      const lines = briefLines(follower.outcome);
      assert.deepEqual(
        expected.filter((line) => !lines.includes(line)),
        [],
        lines.join("\n"),
      );
      follower.empty();
    });
  }

  it("is not told of when nothing became of it", () => {
    const follower = followerOf([...STATE, BACK]);
    for (const update of [AWAY, BACK]) follower.tell(update);
    assert.deepEqual([...follower.flush()], []);
  });

  it("is under the policy of then, too, where a profile's label took it away", () => {
    const selector = "team == 'web'";
    const web = pod("web", "10.0.0.1", { profiles: ["kns.prod"] });
    const follower = followerOf([
      tier("default", 10),
      policy("admit", selector, { ingress: [allow()] }),
      handsOn("kns.prod", { team: "web" }),
      web,
    ]);
    follower.tell(handsOn("kns.prod", { team: "other" }));
    follower.tell(policy("admit", selector, { ingress: [deny()] }));
    follower.tell(handsOn("kns.prod", { team: "web" }));
    follower.flush();
    assert.ok(briefLines(follower.outcome).includes("policy admit in: Deny"));
  });
});

function followerOf(updates: readonly ModelUpdate[]): Follower {
  const follower = new Follower((options) => new Calculation(options));
  for (const update of updates) follower.tell(update);
  follower.inSync();
  follower.flush();
  return follower;
}
