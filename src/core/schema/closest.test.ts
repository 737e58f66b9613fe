import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closest } from "./closest.ts";

describe("closest", () => {
  for (const [word, candidates, want] of [
    ["selectr", ["source", "selector"], "selector"],
    ["networkpolicy", ["NetworkPolicy", "NetworkSet"], "NetworkPolicy"],
    ["ingerss", ["ingress", "egress"], "ingress"],
    ["Deployment", ["HostEndpoint", "Tier"], undefined],
    ["x", ["y"], undefined],
    ["", ["y"], undefined],
  ] as const) {
    it(`takes ${JSON.stringify(word)} for ${want}`, () => {
      assert.equal(closest(word, candidates), want);
    });
  }
});
