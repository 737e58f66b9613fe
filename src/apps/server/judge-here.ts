/** A judge in this thread, for those who need not answer anybody meanwhile: tests and samples. */
import type { Storage } from "../../control/storage/storage.ts";
import { Judge } from "./judge.ts";
import type { Judging } from "./policy-gate.ts";
import type { StatusReport } from "./status-report.ts";
import { pagesOf } from "./stored-update.ts";

export class JudgeHere implements Judging {
  readonly #judge = new Judge();
  readonly close: () => void;

  constructor(storage: Storage) {
    for (const page of pagesOf(storage)) this.#judge.take(page);
    this.close = storage.subscribe((changes) =>
      this.#judge.take(changes.map(({ key, object }) => ({ key, object }))),
    );
  }

  async judge(...[updates]: Parameters<Judging["judge"]>): ReturnType<Judging["judge"]> {
    return this.#judge.judge(updates);
  }

  reports(): readonly StatusReport[] {
    return this.#judge.reports();
  }
}
