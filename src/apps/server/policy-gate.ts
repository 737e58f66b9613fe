/**
 * The gate of the API: a write after which an assertion of a stored PolicyTest no longer holds is
 * refused. Assertions that did not hold before keep nobody out; nor do tests that come with the write.
 *
 * While there is a test, a write that can change verdicts is tried and undone, judged elsewhere, and
 * made again once it is known to break nothing and nothing that matters has changed meanwhile. Other
 * writes, statuses among them, wait for nothing.
 */

import { detailsOf, Refusal, resourceName } from "../../control/apiserver/status.ts";
import { Undecided } from "../../control/apiserver/transactions.ts";
import type { Change, Storage } from "../../control/storage/storage.ts";
import type { ResourceKind } from "../../core/resources/resource.ts";
import type { Judgement } from "./judge.ts";
import {
  CATALOG,
  changesTest,
  changesVerdicts,
  hasTests,
  meanTheSame,
  type StoredUpdate,
  TESTS,
} from "./stored-update.ts";

/** Who judges what would become of the stored tests. */
export interface Judging {
  /** Judges what is stored now, and would be after `updates`. Rejects when that cannot be had. */
  readonly judge: (updates: readonly StoredUpdate[]) => Promise<Judgement>;
}

/** What is known of a write: whoever makes it again while the era lasts gets this for an answer. */
interface Decision {
  readonly era: number;
  readonly updates: readonly StoredUpdate[];
  readonly judgement: Judgement;
}

export class PolicyGate {
  readonly #storage: Storage;
  readonly #judging: Judging;
  #hasTests: boolean;
  /** Ends with each write that can change what becomes of a test. */
  #era = 0;
  /** The newest. */
  #decision: Decision | undefined;
  readonly close: () => void;

  constructor(storage: Storage, judging: Judging) {
    this.#storage = storage;
    this.#judging = judging;
    this.#hasTests = hasTests(storage);
    this.close = storage.subscribe((changes) => this.#follow(changes));
  }

  /**
   * Decides of what a transaction under way has written since `revision`. Throws a {@link Refusal}
   * when an assertion held before and would not then, {@link Undecided} when that is not known yet.
   */
  guard(revision: number): void {
    if (!this.#hasTests || this.#storage.revision === revision) return;
    const changes = this.#storage.changes(revision);
    if (changes === "Expired") return;
    const first = changes.find(changesVerdicts);
    const kind = first && CATALOG.ofType(first.key.type);
    if (!kind) return;
    const era = this.#era;
    const updates = changes.map(({ key, object }) => ({ key, object }));
    const decision = this.#decision;
    if (decision?.era !== era || !meanTheSame(decision.updates, updates)) {
      throw new Undecided(() => this.#decide(era, updates));
    }
    if (decision.judgement.broken.length > 0) {
      throw refusal(kind, first.key.name, decision.judgement);
    }
  }

  async #decide(era: number, updates: readonly StoredUpdate[]): Promise<void> {
    // What is judged is what is stored now: the write was tried on something else.
    if (era !== this.#era) return;
    this.#decision = { era, updates, judgement: await this.#judging.judge(updates) };
  }

  #follow(changes: readonly Change[]): void {
    if (changes.some(({ key }) => key.type === TESTS)) this.#hasTests = hasTests(this.#storage);
    if (changes.some((change) => changesVerdicts(change) || changesTest(change))) this.#era++;
  }
}

function refusal(kind: ResourceKind, name: string, { broken, more }: Judgement): Refusal {
  const rest = more > 0 ? [`${more} more would fail`] : [];
  const detail = [...broken.map(({ text }) => text), ...rest].join("; ");
  const causes = broken.map(({ path, text }) => ({
    reason: "PolicyTestWouldFail",
    message: text,
    field: path,
  }));
  const message = `${resourceName(kind)} "${name}" is forbidden: ${detail}`;
  return new Refusal(403, "Forbidden", message, { ...detailsOf(kind, name), causes });
}
