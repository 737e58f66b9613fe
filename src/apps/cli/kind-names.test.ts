import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CommandFailure } from "./exit.ts";
import { kindNamed } from "./kind-names.ts";

describe("kindNamed", () => {
  for (const [word, group, kind] of [
    ["gnp", "projectcalico.org", "GlobalNetworkPolicy"],
    ["GlobalNetworkPolicies", "projectcalico.org", "GlobalNetworkPolicy"],
    ["networkpolicy", "networking.k8s.io", "NetworkPolicy"],
    ["networkpolicies.projectcalico.org", "projectcalico.org", "NetworkPolicy"],
  ] as const) {
    it(`takes ${word} for ${kind} of ${group}`, () => {
      const found = kindNamed(word);
      assert.deepEqual([found.group, found.kind], [group, kind]);
    });
  }

  it("suggests the name that was meant", () => {
    assert.throws(
      () => kindNamed("netwrokpolicy"),
      (error) =>
        error instanceof CommandFailure && error.message.includes('did you mean "networkpolicy"?'),
    );
  });

  it("suggests nothing for a word like none", () => {
    assert.throws(
      () => kindNamed("zebra"),
      (error) => error instanceof CommandFailure && !error.message.includes("did you mean"),
    );
  });
});
