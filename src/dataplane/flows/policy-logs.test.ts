import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { formatLogPrefix, LOG_GROUP, type LogPrefix } from "../program/log-prefix.ts";
import type { PolicyLog } from "./policy-log.ts";
import { PolicyLogs } from "./policy-logs.ts";

const skip = requires({ root: true, tools: ["ip", "nft", "ulogd"] });
const netns = `picket-test-${process.pid}-logs`;
const rule: LogPrefix = {
  direction: "ingress",
  kind: "GlobalNetworkPolicy",
  namespace: "",
  name: "audit",
  rule: 1,
};

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args);
  assert.equal(status, 0, String(stderr));
}

/** A SYN to a port that nobody serves; the reset that answers it is no SYN and not logged. */
function knock(port: number): void {
  spawnSync("ip", ["netns", "exec", netns, "bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${port}`]);
}

/** The processes in the namespace whose command is ulogd. */
function daemons(): number[] {
  const { stdout } = spawnSync("ip", ["netns", "pids", netns], { encoding: "utf8" });
  return stdout
    .split("\n")
    .filter((pid) => pid !== "")
    .map(Number);
}

describe("PolicyLogs", { skip }, () => {
  const logs: PolicyLog[] = [];
  const problems: string[] = [];
  let arrived = Promise.withResolvers<void>();
  let troubled = Promise.withResolvers<void>();
  let intake: PolicyLogs;

  before(async () => {
    run("ip", "netns", "add", netns);
    run("ip", "-n", netns, "link", "set", "lo", "up");
    const log = `tcp flags syn / syn,ack log prefix "${formatLogPrefix(rule)}" group ${LOG_GROUP} snaplen 64`;
    const chain = `chain i { type filter hook input priority 0; ${log}; }`;
    run("ip", "netns", "exec", netns, "nft", `table inet t { ${chain}; }`);
    intake = new PolicyLogs({
      netns,
      onLog: (one) => {
        logs.push(one);
        arrived.resolve();
      },
      onProblem: (message) => {
        problems.push(message);
        troubled.resolve();
      },
    });
    assert.equal(await intake.ready, true, problems.join("\n"));
  });

  after(async () => {
    await intake.stop();
    run("ip", "netns", "del", netns);
  });

  it("tells of each packet that a rule logs, with the rule", async () => {
    knock(81);
    await arrived.promise;
    assert.deepEqual(logs[0]?.rule, rule);
    assert.equal(logs[0]?.flow.destinationPort, 81);
    assert.equal(logs[0]?.inInterface, "lo");
  });

  it("starts ulogd again when it dies, and says so", async () => {
    const [first, ...others] = daemons();
    assert.ok(first !== undefined && others.length === 0);
    troubled = Promise.withResolvers();
    process.kill(first, "SIGKILL");
    await troubled.promise;
    assert.match(problems.at(-1) ?? "", /ulogd in .*: it ended \(SIGKILL\)/);
    logs.length = 0;
    arrived = Promise.withResolvers();
    while (logs.length === 0) {
      knock(82);
      await Promise.race([arrived.promise, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    assert.equal(logs[0]?.flow.destinationPort, 82);
    assert.notEqual(daemons()[0], first);
  });

  it("leaves no process when it is stopped, even twice", async () => {
    await intake.stop();
    await intake.stop();
    assert.deepEqual(daemons(), []);
  });
});
