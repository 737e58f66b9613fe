/** The packets that a node's Log rules note, as they come. */
import { LOG_GROUP } from "../program/log-prefix.ts";
import { type PolicyLog, parsePolicyLog } from "./policy-log.ts";
import { hasUlogd, Ulogd } from "./ulogd.ts";

export interface PolicyLogsOptions {
  /** The node's network namespace (`ip netns`); this process's own when left out. */
  readonly netns?: string;
  readonly onLog: (log: PolicyLog) => void;
  /** What keeps logs from being seen, in words. Enforcement never depends on it. */
  readonly onProblem: (message: string) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Takes the node's logged packets until `stop`. An ulogd that ends is started again, at once the
 * first time, then ever more seldom until one works.
 */
export class PolicyLogs {
  readonly #options: PolicyLogsOptions;
  readonly #whenReady = Promise.withResolvers<boolean>();
  readonly #whenEnded = Promise.withResolvers<void>();
  #ulogd: Ulogd | undefined;
  #pause: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #isStopped = false;

  constructor(options: PolicyLogsOptions) {
    this.#options = options;
    if (hasUlogd()) {
      this.#run();
      return;
    }
    const packages = "Debian packages ulogd2 and ulogd2-json";
    options.onProblem(`ulogd is not installed (${packages}): what Log rules note is not seen`);
    this.#whenReady.resolve(false);
    this.#whenEnded.resolve();
  }

  /** True once every packet logged from then on is seen; false when none will be for now. */
  get ready(): Promise<boolean> {
    return this.#whenReady.promise;
  }

  /** Resolves when ulogd has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#pause);
    this.#ulogd?.stop();
    if (!this.#ulogd) this.#whenEnded.resolve();
    await this.#whenEnded.promise;
  }

  #run(): void {
    const { netns, onLog } = this.#options;
    this.#ulogd = new Ulogd({
      ...(netns !== undefined && { netns }),
      group: LOG_GROUP,
      onLine: (line) => {
        const log = parsePolicyLog(line);
        if (log) onLog(log);
      },
      onReady: () => {
        this.#pauseMs = FIRST_PAUSE_MS;
        this.#whenReady.resolve(true);
      },
      onEnd: (reason) => this.#ended(reason),
    });
  }

  #ended(reason: string): void {
    this.#ulogd = undefined;
    this.#whenReady.resolve(false);
    if (this.#isStopped) {
      this.#whenEnded.resolve();
      return;
    }
    const where = this.#options.netns === undefined ? "" : ` in ${this.#options.netns}`;
    const then = `what Log rules note is not seen until it runs again, in ${this.#pauseMs} ms`;
    this.#options.onProblem(`ulogd${where}: ${reason}; ${then}`);
    this.#pause = setTimeout(() => this.#run(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
