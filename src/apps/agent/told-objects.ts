/** The objects that a syncer has told, as they are now. */
import type { SyncBatch, SyncProblem } from "../../control/sync/syncer.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";

export class ToldObjects {
  readonly #objects = new Map<string, AnyResource>();
  readonly #refused = new Map<string, SyncProblem>();
  #revision = 0;

  take({ updates, problems, revision }: SyncBatch): void {
    for (const { key, resource } of updates) {
      this.#refused.delete(key);
      if (resource) this.#objects.set(key, resource);
      else this.#objects.delete(key);
    }
    for (const problem of problems) this.#refused.set(problem.where, problem);
    this.#revision = revision;
  }

  get objects(): Iterable<AnyResource> {
    return this.#objects.values();
  }

  get refused(): readonly SyncProblem[] {
    return [...this.#refused.values()];
  }

  /** The newest that has been told; 0 before the first. */
  get revision(): number {
    return this.#revision;
  }
}
