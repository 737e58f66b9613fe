/** A judge, as a thread runs it: told what is stored, asked to judge, and saying what to report. */
import { errorOf } from "../../core/text/reason.ts";
import type { Run } from "../thread/module.ts";
import { Judge, type Judgement } from "./judge.ts";
import type { StatusReport } from "./status-report.ts";
import type { StoredUpdate } from "./stored-update.ts";

export type JudgeAsked =
  | { readonly about: "stored"; readonly updates: readonly StoredUpdate[] }
  /** All that was stored at the start has been told; questions that came before wait for it. */
  | { readonly about: "inSync" }
  | { readonly about: "question"; readonly id: number; readonly updates: readonly StoredUpdate[] };

export type JudgeTold =
  | { readonly about: "judgement"; readonly id: number; readonly judgement: Judgement }
  /** Of the question with this id, or of the reports. */
  | { readonly about: "failure"; readonly id?: number; readonly error: Failure }
  /** All that statuses do not say yet. */
  | { readonly about: "reports"; readonly reports: readonly StatusReport[] };

/** An error on its way to another thread. */
export interface Failure {
  readonly message: string;
  readonly stack: string;
}

/** Enforcement comes first: statuses are looked at when writes have paused for so long. */
const PAUSE_MS = 250;

export const run: Run<undefined, JudgeAsked, JudgeTold> = (_, tell) => {
  const judge = new Judge();
  let isInSync = false;
  let waiting: (JudgeAsked & { readonly about: "question" })[] = [];
  let timer: NodeJS.Timeout | undefined;

  const report = (): void => {
    try {
      tell({ about: "reports", reports: judge.reports() });
    } catch (thrown) {
      tell({ about: "failure", error: failureOf(thrown) });
    }
  };
  const reportLater = (): void => {
    clearTimeout(timer);
    if (isInSync) timer = setTimeout(report, PAUSE_MS);
  };
  const answer = ({ id, updates }: JudgeAsked & { readonly about: "question" }): void => {
    try {
      tell({ about: "judgement", id, judgement: judge.judge(updates) });
    } catch (thrown) {
      tell({ about: "failure", id, error: failureOf(thrown) });
    }
  };
  return {
    hear: (asked) => {
      switch (asked.about) {
        case "stored":
          judge.take(asked.updates);
          reportLater();
          break;
        case "inSync":
          isInSync = true;
          waiting.forEach(answer);
          waiting = [];
          reportLater();
          break;
        case "question":
          if (isInSync) answer(asked);
          else waiting.push(asked);
          break;
        default:
          throw new TypeError(`a judge is not asked this: ${JSON.stringify(asked)}`);
      }
    },
    stop: async () => clearTimeout(timer),
  };
};

function failureOf(thrown: unknown): Failure {
  const { message, stack = message } = errorOf(thrown);
  return { message, stack };
}
