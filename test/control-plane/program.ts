import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";

/**
 * Runs the program given as its arguments until its standard input ends, which it does with the
 * process that holds the other side, however that one dies.
 */
const UNTIL_STDIN_ENDS = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
{ read -r _ <&3; kill -9 $program; } & watch=$!
wait $program; status=$?
kill $watch 2>/dev/null
exit $status`;

/** A program that runs in the background and never outlives this process. */
export class Program {
  readonly #name: string;
  readonly #shell: ChildProcess;
  readonly #logPath: string;

  /** Starts `path`; all it prints goes to the file `logPath`. */
  constructor(path: string, args: readonly string[], logPath: string) {
    this.#name = path;
    this.#logPath = logPath;
    const log = openSync(logPath, "w");
    this.#shell = spawn("sh", ["-c", UNTIL_STDIN_ENDS, "sh", path, ...args], {
      stdio: ["pipe", log, log],
    });
    closeSync(log);
  }

  /** Throws, with the end of what the program printed, if it no longer runs. */
  assertRunning(): void {
    if (!this.#hasEnded) return;
    const printed = readFileSync(this.#logPath, "utf8").split("\n").slice(-10).join("\n");
    throw new Error(`${this.#name} ended with ${this.#shell.exitCode}:\n${printed}`);
  }

  /** Kills it at once, and resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    const gone = once(this.#shell, "exit");
    this.#shell.stdin?.end();
    await gone;
  }

  get #hasEnded(): boolean {
    return this.#shell.exitCode !== null || this.#shell.signalCode !== null;
  }
}
