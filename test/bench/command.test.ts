import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RunningCommand } from "../../bench/command.ts";

function script(code: string): RunningCommand {
  return new RunningCommand([process.execPath, "--eval", code]);
}

describe("a running command", () => {
  it("finds a line that is said, and one that was", async () => {
    const command = script("console.error('one'); console.log('two')");
    const two = await command.line(({ text }) => text === "two");
    assert.equal(two.stream, "stdout");
    assert.equal((await command.ended).with, 0);
    assert.equal((await command.line(({ text }) => text === "one")).stream, "stderr");
  });

  it("fails who waits for a line that never comes, with all that was said", async () => {
    const command = script("console.log('no'); process.exitCode = 3");
    await assert.rejects(
      command.line(({ text }) => text === "yes"),
      /ended with 3\nno$/,
    );
  });

  it("ends when it is stopped", async () => {
    const command = script("console.log('up'); setInterval(() => {}, 1000)");
    await command.line(({ text }) => text === "up");
    await command.stop();
    assert.equal((await command.ended).with, "SIGTERM");
  });

  it("says that a command is not there", async () => {
    await assert.rejects(new RunningCommand(["/no/such/command"]).ended, /ENOENT/);
  });
});
