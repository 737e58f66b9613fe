import { execFile } from "node:child_process";
import { type Command, formatCommand } from "./command.ts";
import { readComplaint, readMissing, readStartFailure } from "./complaint.ts";
import { parseElements, parseListing } from "./listing.ts";
import { type Nft, NftError, type TableListing } from "./nft.ts";
import { NftShell } from "./shell.ts";
import { Turns } from "./turns.ts";

export interface NftCommandOptions {
  /** A named network namespace (`ip netns`); this process's own when left out. */
  readonly netns?: string;
  readonly table?: string;
  readonly binary?: string;
  /** How long one transaction or listing may take before nft is given up, and started anew. */
  readonly timeoutMs?: number;
}

/**
 * The table by the `nft` command. Transactions go through one `nft -i` that stays, because starting
 * nft costs twenty times what a small transaction does; a listing starts an nft of its own. The one
 * that died or did not answer is replaced at the next transaction.
 */
export function nftCommand(options: NftCommandOptions = {}): Nft {
  return new CommandNft(options);
}

class CommandNft implements Nft {
  readonly #table: string;
  readonly #argv: readonly [string, ...string[]];
  readonly #timeoutMs: number;
  #shell: NftShell | undefined;
  readonly #turns = new Turns();

  constructor(options: NftCommandOptions) {
    const binary = options.binary ?? "nft";
    this.#table = options.table ?? "picket";
    this.#argv = options.netns ? ["ip", "netns", "exec", options.netns, binary] : [binary];
    this.#timeoutMs = options.timeoutMs ?? 60_000;
  }

  async run(transaction: readonly Command[]): Promise<void> {
    if (transaction.length === 0) return;
    const lines = transaction.map((command) => formatCommand(command, this.#table));
    const broken = lines.find((line) => line.includes("\n"));
    if (broken !== undefined) throw new Error(`a command of more than one line: ${broken}`);
    await this.#turns.take(() => this.#send(lines));
  }

  async list(): Promise<TableListing | undefined> {
    // `list table` reads the elements even when it is not to print them; `list ruleset` does not.
    const ruleset = ["--terse", "--json", "list", "ruleset", "inet"];
    return parseListing(await this.#turns.take(() => this.#ask(...ruleset)), this.#table);
  }

  async elements(map: string): Promise<ReadonlyMap<string, string>> {
    return this.#turns.take(async () => {
      const list = (object: string): Promise<string> =>
        this.#ask("--numeric", "list", object, "inet", this.#table, map);
      try {
        return parseElements(await list("map"));
      } catch (error) {
        if (!isAbsence(error)) throw error;
        return parseElements(await list("set"));
      }
    });
  }

  async close(): Promise<void> {
    await this.#turns.take(async () => {
      await this.#shell?.close();
      this.#shell = undefined;
    });
  }

  async #send(lines: readonly string[]): Promise<void> {
    if (!this.#shell?.usable) {
      const [command, ...args] = this.#argv;
      const argv = [command, ...args, "-i"] as const;
      this.#shell = new NftShell({ argv, timeoutMs: this.#timeoutMs });
    }
    const complaint = readComplaint(await this.#shell.run(`${lines.join("\n")}\n`), lines);
    if (complaint) throw complaint;
  }

  #ask(...args: readonly string[]): Promise<string> {
    const [command, ...before] = this.#argv;
    return new Promise((resolve, reject) => {
      const options = {
        env: { ...process.env, LC_ALL: "C" },
        maxBuffer: Number.POSITIVE_INFINITY,
        timeout: this.#timeoutMs,
        killSignal: "SIGKILL",
      } as const;
      const child = execFile(command, [...before, ...args], options, (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (error.code === "ENOENT") reject(readStartFailure(command, error));
        else if (error.killed) {
          reject(new NftError("unanswered", `nft gave no listing within ${this.#timeoutMs} ms`));
        } else {
          const refused = new NftError("refused", stderr.trim() || error.message);
          reject(readMissing(stderr) ?? readComplaint(stderr, []) ?? refused);
        }
      });
      child.stdin?.end();
    });
  }
}

function isAbsence(error: unknown): boolean {
  if (!(error instanceof NftError)) return false;
  return error.reason === "refused" && error.message.includes("No such file or directory");
}
