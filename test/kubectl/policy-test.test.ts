import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { requires } from "../requirements.ts";
import { Kubectl } from "./kubectl.ts";

const ARTICLE = join(import.meta.dirname, "../../examples/article");
const STEP = join(ARTICLE, "10-namespaced");

describe("kubectl and a policy test", { skip: requires({ tools: ["kubectl"] }) }, () => {
  let kubectl: Kubectl;
  before(async () => {
    kubectl = await Kubectl.start();
    await kubectl.ok(["apply", "-R", "-f", join(ARTICLE, "cluster")]);
    await kubectl.ok(["apply", "-f", STEP]);
  });
  after(() => kubectl.close());

  const policy = ["-n", "production", "cnp", "allow-tcp-6379"];

  it("is told what a change would break, and why", async () => {
    const patch = '{"spec":{"ingress":[{"action":"Allow"}]}}';
    const change = ["patch", ...policy, "--type=merge", "-p", patch];
    for (const dryRun of [[], ["--dry-run=server"]]) {
      const told = await kubectl.fails([...change, ...dryRun]);
      assert.match(told, /^Error from server \(Forbidden\): networkpolicies\.projectcalico\.org /m);
      assert.match(told, /PolicyTest production\/cache would fail: "nobody else does": expected /);
      assert.match(
        told,
        /\(ingress of production\/red: NetworkPolicy production\/allow-tcp-6379 rule 1\)/,
      );
    }
    assert.match(await kubectl.fails(["delete", ...policy]), /PolicyTest production\/cache would/);
    await kubectl.ok(["label", ...policy, "reviewed=yes"]);
  });

  it("deletes the test and what it guards, in the order of a folder", async () => {
    const deleted = await kubectl.ok(["delete", "-f", STEP]);
    assert.match(deleted, /^policytest\.picket\.io "cache" deleted.*\nnetworkpolicy/);
  });
});
