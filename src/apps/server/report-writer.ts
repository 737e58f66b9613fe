/** Writes reports on statuses, one at a time, so that others' requests come between. */
import { setImmediate as turn } from "node:timers/promises";
import type { Registry } from "../../control/apiserver/registry.ts";
import { errorOf } from "../../core/text/reason.ts";
import { type StatusReport, writeReport } from "./status-report.ts";

export class ReportWriter {
  readonly #registry: Registry;
  readonly #onFailure: (cause: Error) => void;
  #reports: readonly StatusReport[] = [];
  #next = 0;
  #isWriting = false;

  constructor(registry: Registry, onFailure: (cause: Error) => void) {
    this.#registry = registry;
    this.#onFailure = onFailure;
  }

  /** From now on these are to be written. They replace those that are not written yet. */
  write(reports: readonly StatusReport[]): void {
    this.#reports = reports;
    this.#next = 0;
    if (!this.#isWriting) void this.#work();
  }

  /** Nothing more is written. */
  stop(): void {
    this.#reports = [];
    this.#next = 0;
  }

  async #work(): Promise<void> {
    this.#isWriting = true;
    for (;;) {
      const report = this.#reports[this.#next++];
      if (!report) break;
      try {
        await writeReport(this.#registry, report);
      } catch (thrown) {
        this.#onFailure(errorOf(thrown));
      }
      await turn();
    }
    this.#isWriting = false;
  }
}
