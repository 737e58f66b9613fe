/**
 * A judge in a thread of its own that knows what a store holds: whatever it calculates, the store can
 * be read and written meanwhile. When it dies, nothing is judged until the next one knows as much.
 */
import { unavailable } from "../../control/apiserver/status.ts";
import type { Storage } from "../../control/storage/storage.ts";
import { KeptThread } from "../thread/kept-thread.ts";
import type { Judgement } from "./judge.ts";
import type { Failure, JudgeAsked, JudgeTold } from "./judge-module.ts";
import type { Judging } from "./policy-gate.ts";
import type { StatusReport } from "./status-report.ts";
import { pagesOf, type StoredUpdate } from "./stored-update.ts";

export interface JudgeThreadOptions {
  readonly storage: Storage;
  /** Told of what statuses do not say yet, when writes have paused. */
  readonly onReports: (reports: readonly StatusReport[]) => void;
  /** Told what nobody is told who asked: why the thread died, or could not report. */
  readonly onFailure: (cause: Error) => void;
}

interface Question {
  readonly resolve: (judgement: Judgement) => void;
  readonly reject: (reason: Error) => void;
}

const MODULE = new URL("./judge-module.ts", import.meta.url);

export class JudgeThread implements Judging {
  readonly #options: JudgeThreadOptions;
  readonly #thread: KeptThread<unknown, JudgeTold>;
  readonly #unsubscribe: () => void;
  readonly #questions = new Map<number, Question>();
  #lastId = 0;
  #feeding: NodeJS.Immediate | undefined;
  /** Why nothing can be judged now. */
  #outage: string | undefined;

  constructor(options: JudgeThreadOptions) {
    this.#options = options;
    this.#thread = new KeptThread({
      module: MODULE,
      given: undefined,
      onStart: () => this.#feed(),
      onMessage: (told) => this.#hear(told),
      onDeath: (cause, retryMs) => this.#died(cause, retryMs),
    });
    this.#unsubscribe = options.storage.subscribe((changes) => {
      const updates = changes.map(({ key, object }) => ({ key, object }));
      this.#ask({ about: "stored", updates });
    });
  }

  /** Judges what is stored now. Rejects with a refusal when there is nobody to judge. */
  judge(updates: readonly StoredUpdate[]): Promise<Judgement> {
    if (this.#outage !== undefined) return Promise.reject(unavailable(this.#outage));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve, reject });
      this.#ask({ about: "question", id, updates });
    });
  }

  /** For tests: the thread is asked what no judge is asked, and dies of it. */
  kill(): void {
    this.#thread.post({ about: "death" });
  }

  /** Whoever still waits is refused. */
  async close(): Promise<void> {
    this.#unsubscribe();
    if (this.#feeding) clearImmediate(this.#feeding);
    this.#giveUp("the server is stopping");
    await this.#thread.stop();
  }

  /** Tells a new thread what is stored, a page at a time, so that others have their turn. */
  #feed(): void {
    this.#outage = undefined;
    const pages = pagesOf(this.#options.storage);
    const next = (): void => {
      const page = pages.next();
      if (page.done) {
        this.#ask({ about: "inSync" });
        return;
      }
      this.#ask({ about: "stored", updates: page.value });
      this.#feeding = setImmediate(next);
    };
    this.#feeding = setImmediate(next);
  }

  #ask(asked: JudgeAsked): void {
    this.#thread.post(asked);
  }

  #hear(told: JudgeTold): void {
    switch (told.about) {
      case "reports":
        this.#options.onReports(told.reports);
        break;
      case "judgement":
        this.#take(told.id)?.resolve(told.judgement);
        break;
      case "failure": {
        const cause = errorFrom(told.error);
        const question = told.id === undefined ? undefined : this.#take(told.id);
        if (question) question.reject(cause);
        else this.#options.onFailure(cause);
        break;
      }
    }
  }

  #take(id: number): Question | undefined {
    const question = this.#questions.get(id);
    this.#questions.delete(id);
    return question;
  }

  #died(cause: Error, retryMs: number): void {
    if (this.#feeding) clearImmediate(this.#feeding);
    this.#giveUp(`their judge died and starts again in ${retryMs} ms: ${cause.message}`);
    this.#options.onFailure(cause);
  }

  #giveUp(reason: string): void {
    this.#outage = `policy tests cannot be judged now: ${reason}`;
    for (const { reject } of this.#questions.values()) reject(unavailable(this.#outage));
    this.#questions.clear();
  }
}

function errorFrom({ message, stack }: Failure): Error {
  const error = new Error(message);
  error.stack = stack;
  return error;
}
