import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { NETNS_FOLDER } from "../../dataplane/lab/namespace.ts";
import { memoryTerminal } from "./memory-terminal.ts";
import { commandLine } from "./program.ts";

const ROOT = join(import.meta.dirname, "../../..");

function start(args: readonly string[]): ChildProcess {
  const command = ["up", "--lab", "examples/article", "--port", "0", ...args];
  return spawn(join(ROOT, "bin/picket"), command, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
}

/** The namespaces of a process's labs, whether it lives or not. */
function namespacesOfProcess(pid: number | undefined): string[] {
  if (!existsSync(NETNS_FOLDER)) return [];
  return readdirSync(NETNS_FOLDER).filter((name) => name.startsWith(`picket-${pid}-`));
}

describe("picket up", { skip: requires({ root: true, tools: ["ip", "nft"] }) }, () => {
  let data = "";
  before(() => {
    data = mkdtempSync(join(tmpdir(), "picket-up-"));
  });
  after(() => rmSync(data, { recursive: true }));

  it("shows the example's tour, packets and verdicts agreeing, and leaves nothing behind", async () => {
    const picket = start(["--exit", "-o", "json", "--data", data]);
    assert.ok(picket.stdout && picket.stderr);
    const [printed, told, [code]] = await Promise.all([
      text(picket.stdout),
      text(picket.stderr),
      once(picket, "exit"),
    ]);
    assert.equal(code, 0, told);
    const probes = printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.ok(probes.length >= 20);
    for (const { verdict, packet, ...probe } of probes) {
      const want = verdict === "Allow" ? "delivered" : "dropped";
      assert.equal(packet, want, JSON.stringify(probe));
    }
    const several = (field: string): number => new Set(probes.map((probe) => probe[field])).size;
    assert.ok(several("step") >= 9);
    assert.deepEqual([several("verdict"), several("family")], [2, 2]);
    assert.deepEqual(namespacesOfProcess(picket.pid), []);
  });

  it("removes at a start what a killed process left, and everything at Ctrl-C", async () => {
    const killed = start(["--data", data]);
    await untilUp(killed);
    assert.notDeepEqual(namespacesOfProcess(killed.pid), []);
    const died = once(killed, "exit");
    killed.kill("SIGKILL");
    await died;
    assert.notDeepEqual(namespacesOfProcess(killed.pid), [], "nobody could remove them yet");

    const next = start(["--data", data]);
    await untilUp(next);
    assert.deepEqual(namespacesOfProcess(killed.pid), []);
    const ended = once(next, "exit");
    next.kill("SIGINT");
    const [code] = await ended;
    assert.equal(code, 0);
    assert.deepEqual(namespacesOfProcess(next.pid), []);
  });
});

describe("picket up without an example", () => {
  it("has no tour to leave after", async () => {
    const program = commandLine(memoryTerminal(), () => {});
    const message = /give --lab DIR/;
    await assert.rejects(program.parseAsync(["up", "--exit"], { from: "user" }), {
      code: 2,
      message,
    });
  });
});

describe("picket up on a port that is taken", () => {
  it("says so, and leaves nothing behind", async () => {
    const data = mkdtempSync(join(tmpdir(), "picket-up-"));
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const picket = start(["--exit", "--data", data, "--port", String(port)]);
    assert.ok(picket.stdout && picket.stderr);
    picket.stdout.resume();
    const [told, [code]] = await Promise.all([text(picket.stderr), once(picket, "exit")]);
    taken.close();
    rmSync(data, { recursive: true });
    assert.equal(code, 4, told);
    assert.match(told, /^picket: cannot serve on 127\.0\.0\.1:\d+: .*EADDRINUSE.*$/m);
    assert.deepEqual(namespacesOfProcess(picket.pid), []);
  });
});

/** Resolves when the tour is over and the lab stays up. */
async function untilUp(picket: ChildProcess): Promise<void> {
  assert.ok(picket.stdout && picket.stderr);
  picket.stdout.resume();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lines = createInterface({ input: picket.stderr });
  lines.on("line", (line) => line.startsWith("Ctrl-C") && resolve());
  lines.on("close", () => reject(new Error("it ended before it was up")));
  await promise;
}
