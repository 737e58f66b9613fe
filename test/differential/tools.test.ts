import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { modelOf } from "../../src/core/model/convert.ts";
import { loadCase, saveCase } from "./case.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { generateRequest } from "./generate-request.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrink.ts";

describe("a random cluster", () => {
  it("is the same for the same seed, and another for another", () => {
    assert.deepEqual(generateCluster(new Random(7)), generateCluster(new Random(7)));
    assert.notDeepEqual(generateCluster(new Random(7)), generateCluster(new Random(8)));
  });
});

describe("a saved case", () => {
  it("reads back as it was", () => {
    const dir = mkdtempSync(join(tmpdir(), "picket-case-"));
    try {
      for (let seed = 0; seed < 20; seed++) {
        const random = new Random(seed);
        const resources = generateCluster(random);
        const flow = generateFlow(random, addressesOf(modelOf(resources)), 50);
        const request = generateRequest(random, flow);
        const path = join(dir, `${seed}.yaml`);
        saveCase(path, { resources, flow }, "First line.\nSecond line.");
        assert.deepEqual(loadCase(path), { resources, flow });
        saveCase(path, { resources, flow, request }, "With a request.");
        assert.deepEqual(loadCase(path), { resources, flow, request });
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("shrink", () => {
  it("drops all that the failure does not need, names excepted", async () => {
    const wanted = { name: "a", spec: { rules: [{ action: "Deny" }] } };
    const resources = [
      { name: "b", spec: { rules: [{ action: "Allow" }] } },
      { name: "a", spec: { order: 1, rules: [{ action: "Allow" }, { action: "Deny", port: 80 }] } },
    ];
    const fails = (some: readonly object[]) => JSON.stringify(some).includes('"Deny"');
    assert.deepEqual(await shrink(resources, fails), [wanted]);
  });
});
