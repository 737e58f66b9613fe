import { type Nft, NftError } from "../nft/nft.ts";
import type { Rendering, Ruleset } from "../nft/ruleset.ts";
import { Turns } from "../nft/turns.ts";
import { planChange } from "./change.ts";
import { type Clock, systemClock } from "./clock.ts";
import { keeps, planDeletion, planSweep } from "./deletion.ts";
import { elementDrift, findDrift, type ListedTexts, textsIn } from "./drift.ts";
import { intoTransactions, type Step } from "./edit.ts";
import { generationOf, highestGeneration, planEntry } from "./generation.ts";
import { type Holdings, NOTHING_STALE, oldest } from "./holdings.ts";

export interface ApplierOptions {
  /** The table, which is the applier's alone. It stays open when the applier is closed. */
  readonly nft: Nft;
  /** Told of a deletion that failed. The next rendering is to be of a new generation. */
  readonly onFailure: (error: NftError) => void;
  readonly clock?: Clock;
  /** How long what nothing leads to is kept for packets on their way to it. */
  readonly deletionDelayMs?: number;
}

/** So many elements nft lists in some 100 ms. */
const QUICKLY_LISTED = 10_000;

/** What came of a change. */
export type Applied =
  /** The kernel holds the rendering. `transactions` is 0 when it did already. */
  | { readonly ok: true; readonly transactions: number }
  /** The kernel goes by the policy it had, or, of a large change, for some endpoints by the new. */
  | { readonly ok: false; readonly error: NftError };

/**
 * Makes the kernel hold one rendering after another, without a packet ever meeting anything but the
 * policy before or the policy after. A rendering of the generation in force is reached by changes;
 * one of a new generation is built beside it and entered at once: the first one, and the one after
 * a failure, because then nobody knows for sure what the kernel holds.
 */
export class Applier {
  readonly #nft: Nft;
  readonly #clock: Clock;
  readonly #delay: number;
  readonly #onFailure: (error: NftError) => void;
  /** Undefined as long as it is not known. */
  #held: Holdings | undefined;
  /** When a generation was left whose objects have not been deleted yet. */
  #left: number | undefined;
  /** The highest generation that was ever tried here. */
  #tried = 0;
  #texts: ListedTexts = new Map();
  /** How many maps' elements have been looked at, one a check. */
  #looked = 0;
  #cancelDeletion = (): void => {};
  readonly #turns = new Turns();

  constructor(options: ApplierOptions) {
    this.#nft = options.nft;
    this.#onFailure = options.onFailure;
    this.#clock = options.clock ?? systemClock;
    this.#delay = options.deletionDelayMs ?? 1000;
  }

  /**
   * The generation that the next rendering is to have: the one in force, or the first unused one when
   * the kernel has to be given everything anew. Rejects with an {@link NftError} when nft fails.
   */
  generation(): Promise<number> {
    return this.#turns.take(async () => {
      if (this.#held) return this.#held.ruleset.generation;
      return Math.max(this.#tried, highestGeneration(await this.#nft.list())) + 1;
    });
  }

  /** Renderings are applied in the order they are given. */
  apply(rendering: Rendering): Promise<Applied> {
    return this.#turns.take(() => this.#attempt(() => this.#reach(rendering)));
  }

  /**
   * In what the table differs from what was applied, a sentence each. Of elements each call looks at
   * those of one map, unless it is large; with `elements`, at all, which takes seconds for a large
   * table. After any difference the next rendering is to be of a new generation. Rejects with an
   * {@link NftError} when nft fails.
   */
  check(options: { readonly elements?: boolean } = {}): Promise<readonly string[]> {
    return this.#turns.take(async () => {
      const held = this.#held;
      if (!held) return [];
      const isLeaving = (name: string): boolean =>
        this.#left !== undefined && generationOf(name) !== held.ruleset.generation;
      const listing = await this.#nft.list();
      const drift = [...findDrift(held, listing, this.#texts, isLeaving)];
      if (listing && drift.length === 0) {
        this.#texts = textsIn(held, listing);
        for (const map of options.elements ? held.ruleset.maps.keys() : this.#nextMap(held)) {
          const found = elementDrift(held, map, await this.#nft.elements(map));
          if (found !== undefined) drift.push(found);
        }
      }
      if (drift.length > 0) this.#held = undefined;
      return drift;
    });
  }

  /** The map whose turn it is; none when listing it would hold up a change of policy. */
  #nextMap({ ruleset }: Holdings): readonly string[] {
    const all = [...ruleset.maps];
    const [name, map] = all[this.#looked++ % all.length] ?? [];
    return name !== undefined && map && map.elements.size <= QUICKLY_LISTED ? [name] : [];
  }

  /** Deletes now what would be deleted later. */
  settle(): Promise<Applied> {
    return this.#turns.take(() => this.#attempt(() => this.#delete(Number.POSITIVE_INFINITY)));
  }

  /** Ends what is under way. What would be deleted later is deleted by the next applier's start. */
  async close(): Promise<void> {
    await this.#turns.take(async () => this.#cancelDeletion());
  }

  /** `work` resolves to how many transactions it took. */
  async #attempt(work: () => Promise<number>): Promise<Applied> {
    try {
      return { ok: true, transactions: await work() };
    } catch (error) {
      if (!(error instanceof NftError)) throw error;
      this.#held = undefined;
      return { ok: false, error };
    } finally {
      this.#scheduleDeletion();
    }
  }

  async #reach(rendering: Rendering): Promise<number> {
    if (this.#held?.ruleset.generation !== rendering.ruleset.generation) {
      return this.#enter(rendering.ruleset);
    }
    const change = planChange(this.#held, rendering);
    let transactions = 0;
    for (const phase of change.phases) transactions += await this.#run(phase);
    this.#held = change.after(this.#clock.now());
    return transactions;
  }

  async #enter(ruleset: Ruleset): Promise<number> {
    const listing = await this.#nft.list();
    const used = Math.max(this.#tried, highestGeneration(listing));
    if (ruleset.generation <= used) {
      const message = `generation ${ruleset.generation} was tried already: render for ${used + 1}`;
      throw new NftError("refused", message);
    }
    this.#held = undefined;
    this.#tried = ruleset.generation;
    const { clearing, building, entering } = planEntry(listing, ruleset);
    if (this.#left === undefined || this.#left <= this.#clock.now() - this.#delay) {
      await this.#clear(clearing);
    }
    const built = await this.#run(building);
    // Before too: an answer that does not come does not mean that it was not entered.
    this.#left = this.#clock.now();
    const entered = await this.#run([entering]);
    this.#held = { ruleset, stale: NOTHING_STALE };
    this.#left = this.#clock.now();
    return built + entered;
  }

  /** Makes room, if it can: what somebody else's rules hold on to goes when ours are left. */
  async #clear(steps: readonly Step[]): Promise<void> {
    try {
      await this.#run(steps);
    } catch (error) {
      if (!(error instanceof NftError)) throw error;
    }
  }

  /** Deletes what nothing led to at `before`. */
  async #delete(before: number): Promise<number> {
    if (!this.#held) return 0;
    const { steps, after } = planDeletion(this.#held, before);
    let transactions = await this.#run(steps);
    this.#held = after;
    if (this.#left !== undefined && this.#left <= before) {
      const listing = await this.#nft.list();
      if (listing) transactions += await this.#run(planSweep(listing, keeps(after)));
      this.#left = undefined;
    }
    return transactions;
  }

  #scheduleDeletion(): void {
    this.#cancelDeletion();
    if (!this.#held) return;
    const since = Math.min(
      ...[oldest(this.#held.stale), this.#left].filter((t) => t !== undefined),
    );
    if (since === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(0, since + this.#delay - this.#clock.now());
    this.#cancelDeletion = this.#clock.after(wait, async () => {
      const deletion = await this.#turns.take(() =>
        this.#attempt(() => this.#delete(this.#clock.now() - this.#delay)),
      );
      if (!deletion.ok) this.#onFailure(deletion.error);
    });
  }

  async #run(steps: readonly Step[]): Promise<number> {
    const transactions = intoTransactions(steps.filter((step) => step.length > 0));
    for (const transaction of transactions) await this.#nft.run(transaction);
    return transactions.length;
  }
}
