import { type ChildProcess, spawn } from "node:child_process";
import { readMissing, readStartFailure } from "./complaint.ts";
import { NamelessFile } from "./nameless-file.ts";
import { NftError } from "./nft.ts";

export interface ShellOptions {
  readonly argv: readonly [command: string, ...args: readonly string[]];
  readonly timeoutMs: number;
}

/** What nft knows the file as: the first after its input and its outputs. */
const CHILD_DESCRIPTOR = 3;

/**
 * One `nft -i`, fed by a pipe. There it neither prompts nor echoes, and it says nothing of what
 * succeeds, so each line is followed by one that is not nft's language, `reply N`: nft's refusal of
 * it, on the same stream as all other errors, ends the answer. Once it fails it is of no more use.
 *
 * A transaction is a file that a line includes, however short it is: nft then tells of errors by
 * line, and what is long does not pass through nft's line editor, which takes half a second for a
 * megabyte.
 */
export class NftShell {
  readonly #child: ChildProcess;
  readonly #file = new NamelessFile();
  readonly #timeoutMs: number;
  readonly #gone: Promise<void>;
  #heard = "";
  #replies = 0;
  #waiting:
    | { readonly number: number; readonly settle: (answer: string | NftError) => void }
    | undefined;
  #failure: NftError | undefined;

  constructor(options: ShellOptions) {
    const [command, ...args] = options.argv;
    this.#timeoutMs = options.timeoutMs;
    this.#child = spawn(command, args, {
      // nft writes the lines it was given to `.nft.history` in its home, if there is one.
      env: { ...process.env, HOME: "/nonexistent", LC_ALL: "C" },
      // Ctrl-C is for us: nft is still needed then. When we are gone, its input ends and so does it.
      detached: true,
      stdio: ["pipe", "ignore", "pipe", this.#file.descriptor],
    });
    this.#gone = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.#child.once("error", (cause) => this.#fail(readStartFailure(command, cause)));
    this.#child.once("close", (code, signal) => this.#fail(this.#endFailure(code ?? signal ?? "")));
    // A dead reader shows as EPIPE here before `close` tells of its end, which says more.
    this.#child.stdin?.on("error", () => {});
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
  }

  /** False once nft has failed or ended. */
  get usable(): boolean {
    return this.#failure === undefined;
  }

  /** Gives nft one transaction and resolves to what it says of it; one at a time. */
  async run(transaction: string): Promise<string> {
    if (this.#failure) throw this.#failure;
    if (this.#waiting) throw new Error("nft is still busy with the transaction before");
    this.#file.write(transaction);
    const number = ++this.#replies;
    this.#heard = "";
    const answer = await new Promise<string | NftError>((resolve) => {
      const late = (): void => {
        const seconds = this.#timeoutMs / 1000;
        this.#fail(new NftError("unanswered", `nft gave no answer within ${seconds} s`));
      };
      const timer = setTimeout(late, this.#timeoutMs);
      const settle = (given: string | NftError): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve(given);
      };
      this.#waiting = { number, settle };
      this.#child.stdin?.write(`include "/proc/self/fd/${CHILD_DESCRIPTOR}"\nreply ${number}\n`);
    });
    if (typeof answer !== "string") throw answer;
    return answer;
  }

  /** Lets nft end by itself, or ends it when it is not about to. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.#gone;
    clearTimeout(timer);
  }

  #hear(text: string): void {
    this.#heard += text;
    if (!this.#waiting) return;
    // `Error: syntax error, …`, then the line itself, then carets under the part that is wrong.
    const refused = `\nreply ${this.#waiting.number}\n`;
    const at = this.#heard.lastIndexOf(refused);
    if (at === -1 || !/^ *\^+\n/.test(this.#heard.slice(at + refused.length))) return;
    this.#waiting.settle(this.#heard.slice(0, this.#heard.lastIndexOf("\n", at - 1) + 1));
  }

  #fail(failure: NftError): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#file.close();
    this.#child.kill("SIGKILL");
    this.#waiting?.settle(failure);
  }

  #endFailure(how: number | string): NftError {
    const said = this.#heard.trim().split("\n").slice(-3).join("; ").slice(0, 300);
    const missing = readMissing(this.#heard);
    if (missing) return missing;
    return new NftError("unanswered", `nft ended (${how})${said === "" ? "" : `: ${said}`}`);
  }
}
