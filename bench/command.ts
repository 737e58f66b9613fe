/** A command that runs beside a bench: what it says, and when. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export const ROOT = join(import.meta.dirname, "..");

/** `picket` without the shell that finds its Node: the process that is started is the one to stop. */
export const PICKET = [process.execPath, join(ROOT, "bin/launch.mjs")] as const;

/** `at` is on the clock of `performance.now()`. */
export interface Line {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  readonly at: number;
}

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly with: number | string;
  readonly at: number;
}

export class RunningCommand {
  readonly startedAt: number;
  /** Resolves when the process is gone and all that it said has been read. */
  readonly ended: Promise<Ended>;
  readonly #name: string;
  readonly #lines: Line[] = [];
  readonly #kill: () => void;
  #onChange = Promise.withResolvers<void>();
  #end: Ended | undefined;

  /** Starts it in the project's directory. `environment` is added to this process's own. */
  constructor(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const [file = "", ...args] = command;
    this.#name = command.join(" ");
    this.startedAt = performance.now();
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#kill = () => void child.kill("SIGTERM");
    const exited = once(child, "exit").then(([code, signal]) => this.#exited(code ?? signal));
    const read = [this.#read(child.stdout, "stdout"), this.#read(child.stderr, "stderr")];
    this.ended = Promise.all([exited, ...read]).then(([end]) => {
      this.#end = end;
      this.#changed();
      return end;
    });
    // A failure to start is told to whoever waits; nobody need.
    this.ended.catch(() => {});
  }

  /** The first line, said already or to come, that `isIt` is true of. Throws if none will come. */
  async line(isIt: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.#lines.find(isIt);
      if (found) return found;
      if (this.#end) throw new Error(`${this.#name} ended with ${this.#end.with}\n${this.said}`);
      await Promise.race([this.#onChange.promise, this.ended]);
    }
  }

  /** All that it has said. */
  get said(): string {
    return this.#lines.map(({ text }) => text).join("\n");
  }

  /** Asks it to end, and resolves when it has. */
  async stop(): Promise<void> {
    if (!this.#end) this.#kill();
    await this.ended;
  }

  /** Resolves when the stream has ended. */
  async #read(from: Readable, stream: Line["stream"]): Promise<undefined> {
    const lines = createInterface({ input: from });
    lines.on("line", (text) => {
      this.#lines.push({ stream, text, at: performance.now() });
      this.#changed();
    });
    await once(lines, "close");
  }

  #exited(how: number | string): Ended {
    return { with: how, at: performance.now() };
  }

  #changed(): void {
    this.#onChange.resolve();
    this.#onChange = Promise.withResolvers();
  }
}
