/** A real kubectl against an API server of its own. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { JudgeThread } from "../../src/apps/server/judge-thread.ts";
import { PolicyGate } from "../../src/apps/server/policy-gate.ts";
import { loadCredentials } from "../../src/control/apiserver/credentials.ts";
import { createApiServer } from "../../src/control/apiserver/server.ts";
import { SqliteStorage } from "../../src/control/storage/sqlite.ts";
import { formatKubeconfig } from "../../src/control/sync/kubeconfig.ts";
import { KINDS } from "../../src/core/resources/kinds.ts";

/** What a command came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  /** A sed expression that the editor of `kubectl edit` applies. */
  readonly edit?: string;
}

export class Kubectl {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #directory: string;
  readonly #close: () => Promise<void>;
  readonly #watches = new Set<Watching>();

  private constructor(
    directory: string,
    environment: Readonly<Record<string, string>>,
    close: () => Promise<void>,
  ) {
    this.#directory = directory;
    this.#environment = environment;
    this.#close = close;
  }

  /** Starts a server on a free port, with a store, credentials and a kubeconfig of its own. */
  static async start(): Promise<Kubectl> {
    const directory = mkdtempSync(join(tmpdir(), "picket-kubectl-"));
    const { authority, cert, key, token } = await loadCredentials(directory, Date.now());
    const storage = new SqliteStorage(join(directory, "picket.db"));
    const log = { error: (about: object, message: string) => fail(message, about) };
    const judge = new JudgeThread({
      storage,
      onReports: () => {},
      onFailure: (cause) => fail("the judge failed", cause),
    });
    const gate = new PolicyGate(storage, judge);
    const guard = (revision: number): void => gate.guard(revision);
    const serving = { storage, kinds: KINDS, token, tls: { cert, key }, log, version: "test" };
    const server = createApiServer({ ...serving, guard });
    const url = await server.listen(0);
    const kubeconfig = join(directory, "kubeconfig");
    const connection = { server: url, authority, token, namespace: "default" };
    writeFileSync(kubeconfig, formatKubeconfig(connection), { mode: 0o600 });
    const environment = { PATH: process.env.PATH ?? "", HOME: directory, KUBECONFIG: kubeconfig };
    return new Kubectl(directory, environment, async () => {
      await judge.close();
      await server.close();
      gate.close();
      storage.close();
      rmSync(directory, { recursive: true });
    });
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const child = this.#spawn(args, options.edit);
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    child.stdin.end(options.stdin ?? "");
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (found) => resolve(found ?? 1));
    });
    return { code, stdout: await stdout, stderr: await stderr };
  }

  /** What a command that must succeed prints. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const ran = await this.run(args, options);
    if (ran.code === 0) return ran.stdout;
    throw new Error(`kubectl ${args.join(" ")}: ${ran.stderr || ran.stdout}`);
  }

  /** What a command that must fail says. */
  async fails(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const ran = await this.run(args, options);
    if (ran.code !== 0) return ran.stderr;
    throw new Error(`kubectl ${args.join(" ")} succeeded: ${ran.stdout}`);
  }

  /** A command that goes on, such as `get -w`. */
  watch(args: readonly string[]): Watching {
    const watching = new Watching(this.#spawn(args));
    this.#watches.add(watching);
    return watching;
  }

  async close(): Promise<void> {
    for (const watching of this.#watches) watching.stop();
    await this.#close();
  }

  #spawn(args: readonly string[], edit?: string): ChildProcessWithoutNullStreams {
    if (edit === undefined) return spawn("kubectl", args, { env: this.#environment });
    const editor = join(this.#directory, "editor");
    writeFileSync(editor, `#!/bin/sh\nexec sed -i '${edit}' "$1"\n`);
    chmodSync(editor, 0o700);
    return spawn("kubectl", args, { env: { ...this.#environment, KUBE_EDITOR: editor } });
  }
}

/** A command whose output is waited for. */
export class Watching {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = "";
  #wake = (): void => {};

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        this.#output += chunk;
        this.#wake();
      });
    }
    child.on("close", () => this.#wake());
  }

  /** Resolves with everything printed once it matches; rejects if the command ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#output)) {
      if (this.#child.exitCode !== null) throw new Error(`it ended with: ${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#output;
  }

  stop(): void {
    this.#child.kill();
  }
}

function fail(message: string, about: object): never {
  throw new Error(message, { cause: about });
}
