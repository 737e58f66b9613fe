import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { INTERFACES, nodePolicy } from "../../../test/compiled-policy/arbitrary.ts";
import { requires } from "../../../test/requirements.ts";
import { Applier } from "../apply/applier.ts";
import { nftCommand } from "../nft/nft-command.ts";
import type { Allocation } from "./allocation.ts";
import { render } from "./render.ts";

const netns = `picket-test-${process.pid}-program`;

describe("a rendered ruleset", { skip: requires({ root: true, tools: ["ip", "nft"] }) }, () => {
  before(() => execFileSync("ip", ["netns", "add", netns]));
  after(() => execFileSync("ip", ["netns", "del", netns]));

  it("is taken by the kernel, and so is the way from one to the next", async () => {
    const policies = fc.sample(nodePolicy(3), { seed: 3, numRuns: 8 });
    const nft = nftCommand({ netns });
    const applier = new Applier({
      nft,
      onFailure: (error) => assert.fail(error),
      deletionDelayMs: 0,
    });
    let previous: Allocation | undefined;
    try {
      for (const policy of policies) {
        const rendered = render(policy, INTERFACES, previous, await applier.generation());
        assert.deepEqual(rendered.problems, []);
        const applied = await applier.apply(rendered.rendering);
        assert.ok(applied.ok, applied.ok ? "" : applied.error.message);
        await applier.settle();
        previous = rendered.allocation;
      }
      assert.deepEqual(await applier.check({ elements: true }), []);
    } finally {
      await applier.close();
      await nft.close();
    }
  });
});
