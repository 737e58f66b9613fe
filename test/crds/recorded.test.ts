/** What a real API server once said of manifests still holds here, without a server. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareBuiltIn, compareByDefinition } from "./compare.ts";
import { purposeOfBuiltIn, purposeOfDefinition } from "./purposes.ts";
import { recordedCases } from "./recorded.ts";

describe("manifests that an API server has judged", () => {
  const cases = recordedCases();
  const kinds = [...new Set(cases.map(({ kind }) => kind))];

  for (const kind of kinds) {
    const isBuiltIn = kind.group === "networking.k8s.io";
    const compare = isBuiltIn ? compareBuiltIn : compareByDefinition;
    const purposeOf = isBuiltIn ? purposeOfBuiltIn : purposeOfDefinition;
    const own = cases.filter((one) => one.kind === kind);

    it(`are judged the same here: ${own.length} of ${kind.group} ${kind.kind}`, () => {
      const differences = own.flatMap((one) => compare(one) ?? []);
      const unexplained = differences.filter((one) => purposeOf(one) === undefined);
      const lines = unexplained.map(
        ({ sort, why, of }) => `${sort}: ${JSON.stringify(of.manifest)}: ${why}`,
      );
      assert.deepEqual(lines, []);
    });
  }

  it("are some accepted and some refused, of several kinds", () => {
    const accepted = cases.filter(({ theirs }) => theirs.accepted).length;
    assert.ok(accepted > 20 && cases.length - accepted > 100, `${accepted} of ${cases.length}`);
    assert.ok(kinds.length > 10, `${kinds.length} kinds`);
  });
});
