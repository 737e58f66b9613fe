import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Program } from "./program.ts";

describe("a program in the background", { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "picket-program-"));
  after(() => rmSync(directory, { recursive: true }));
  const log = join(directory, "log");

  it("is gone when it was stopped", async () => {
    const program = new Program("sh", ["-c", "echo $$; exec sleep 600"], log);
    const pid = await printedNumber(log);
    program.assertRunning();
    await program.stop();
    assert.equal(isAlive(pid), false);
  });

  it("says how it ended and what it printed", async () => {
    const program = new Program("sh", ["-c", "echo no such flag; exit 3"], log);
    const ended = (): boolean => {
      try {
        program.assertRunning();
        return false;
      } catch (error) {
        assert.match(String(error), /sh ended with 3:\nno such flag/);
        return true;
      }
    };
    while (!ended()) await setTimeout(5);
    await program.stop();
  });

  it("dies with the process that started it, however that one dies", async () => {
    const script = `
      import { Program } from ${JSON.stringify(join(import.meta.dirname, "program.ts"))};
      new Program("sh", ["-c", "echo $$; exec sleep 600"], ${JSON.stringify(log)});
      setInterval(() => {}, 1000);`;
    const args = ["--input-type=module-typescript", "--eval", script];
    rmSync(log);
    const parent = spawn(process.execPath, args, { stdio: "inherit" });
    const pid = await printedNumber(log);
    const exit = once(parent, "exit");
    parent.kill("SIGKILL");
    await exit;
    while (isAlive(pid)) await setTimeout(5);
  });
});

async function printedNumber(path: string): Promise<number> {
  for (;;) {
    try {
      const [, number] = /^(\d+)\n/.exec(readFileSync(path, "utf8")) ?? [];
      if (number !== undefined) return Number(number);
    } catch {
      // It has printed nothing yet.
    }
    await setTimeout(5);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
