/**
 * A thread for work that would keep the main one from answering. When it dies (an exception, no
 * memory left) the process lives on, its owner is told, and after a while it is started again.
 */
import { Worker } from "node:worker_threads";
import { errorOf } from "../../core/text/reason.ts";
import type { Inward, Outward, ThreadStart } from "./module.ts";

/** What a thread runs, and who hears of it. */
export interface ThreadOptions<Told> {
  /** Exports a `run` that is a {@link Run}. */
  readonly module: URL;
  readonly given: unknown;
  /** The heap that it may fill before it dies of that, in MB; absent: what Node gives a thread. */
  readonly memory?: number;
  /** Told when a thread has been started, the first one too: it knows nothing but what is given. */
  readonly onStart?: () => void;
  readonly onMessage: (message: Told) => void;
  /** Told why the thread is gone, and in how many milliseconds there is another. */
  readonly onDeath: (cause: Error, retryMs: number) => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
/** A thread that lived for so long has earned a quick start of the next one. */
const LONG_LIFE_MS = 60_000;
/** What does not end by itself in this time is ended. */
const STOP_WITHIN_MS = 10_000;
const LAUNCH = new URL("./launch.ts", import.meta.url);

/** `Asked` is what the thread is sent, `Told` what it says. */
export class KeptThread<Asked, Told> {
  readonly #options: ThreadOptions<Told>;
  #worker: Worker | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #wait = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #heardAt = performance.now();
  #isStopped = false;

  constructor(options: ThreadOptions<Told>) {
    this.#options = options;
    this.#start();
  }

  /** How many milliseconds ago the thread last said something, be it that it is there. */
  get silence(): number {
    return performance.now() - this.#heardAt;
  }

  /** Sends a message; while there is no thread it is lost. */
  post(message: Asked): void {
    this.#send({ is: "message", message });
  }

  /** Has the thread end its work, and resolves when it is gone. It is not started again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    const worker = this.#worker;
    if (!worker) return;
    this.#send({ is: "stop" });
    const timer = setTimeout(() => void worker.terminate(), STOP_WITHIN_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #start(): void {
    const { module, given, memory } = this.#options;
    const workerData: ThreadStart = { module: module.href, given };
    const worker = new Worker(LAUNCH, {
      workerData,
      ...(memory !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memory } }),
    });
    const startedAt = performance.now();
    this.#worker = worker;
    this.#heardAt = startedAt;
    let cause: Error | undefined;
    worker.on("message", (outward: Outward) => {
      this.#heardAt = performance.now();
      if (outward.is === "message") this.#options.onMessage(outward.message as Told);
    });
    worker.on("error", (error) => {
      cause = errorOf(error);
    });
    this.#exited = new Promise<void>((resolve) => {
      worker.on("exit", (code) => {
        this.#worker = undefined;
        resolve();
        this.#died(cause ?? new Error(`the thread ended with ${code}`), startedAt);
      });
    });
    this.#options.onStart?.();
  }

  #died(cause: Error, startedAt: number): void {
    if (this.#isStopped) return;
    if (performance.now() - startedAt > LONG_LIFE_MS) this.#wait = FIRST_RETRY_MS;
    const wait = this.#wait;
    this.#wait = Math.min(LAST_RETRY_MS, wait * 2);
    this.#retry = setTimeout(() => this.#start(), wait);
    this.#options.onDeath(cause, wait);
  }

  #send(message: Inward): void {
    this.#worker?.postMessage(message);
  }
}
