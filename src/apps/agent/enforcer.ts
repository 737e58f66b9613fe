/**
 * Keeps one node's table what the cluster's policy says. It goes straight to the newest state there
 * is when it is ready for one; what fails is tried again, and the rules before stay until it succeeds.
 */

import type { HostInterface } from "../../core/model/endpoint.ts";
import { EMPTY_MODEL, type Problem } from "../../core/model/model.ts";
import { compile } from "../../core/policy/compile.ts";
import type { NodePolicy } from "../../core/policy/policy.ts";
import { errorOf } from "../../core/text/reason.ts";
import { type Applied, Applier } from "../../dataplane/apply/applier.ts";
import { type Clock, systemClock } from "../../dataplane/apply/clock.ts";
import { type Nft, NftError } from "../../dataplane/nft/nft.ts";
import type { AddressSpace } from "../../dataplane/program/address-space.ts";
import type { Allocation } from "../../dataplane/program/allocation.ts";
import { render } from "../../dataplane/program/render.ts";
import type { AgentHealth } from "./health.ts";
import type { NodeState, StateSource } from "./node-calculation.ts";

/** Whose policy an enforcer keeps in force, and by what. */
export interface EnforcerOptions {
  readonly node: string;
  /** The node's table, which is the enforcer's alone. It stays open when the enforcer stops. */
  readonly nft: Nft;
  /** The node's own interfaces as they are now, workloads' left out. */
  readonly interfaces: () => readonly HostInterface[];
  /** Told of every change of health. */
  readonly onHealth?: (health: AgentHealth) => void;
  readonly clock?: Clock;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
const CHECK_MS = 10_000;
const LOOK_MS = 1000;
const TIDY_MS = 2000;

export class Enforcer {
  readonly node: string;
  readonly #nft: Nft;
  readonly #clock: Clock;
  readonly #onHealth: (health: AgentHealth) => void;
  readonly #applier: Applier;
  readonly #interfaces: () => readonly HostInterface[];
  /** Of what was applied last. */
  #allocation: Allocation | undefined;
  /** Knows the state to reach; undefined before there is one. */
  #wanted: StateSource | undefined;
  /** Something is to be applied: a new state, or the same once more. */
  #dirty = false;
  /** The interfaces that host endpoints were bound to last, as text. */
  #bound: string | undefined;
  #enforced: number | undefined;
  #problems: readonly Problem[] = [];
  #refused: NodeState["refused"] = [];
  #lastError: string | undefined;
  #working: Promise<void> | undefined;
  #stopped = false;
  #wake = (): void => {};
  #cancelCheck = (): void => {};
  #cancelLook = (): void => {};
  /** What is in force holds more than it needs. */
  #lingering = false;
  readonly #waiting = new Set<{ readonly revision: number; readonly resolve: () => void }>();

  constructor(options: EnforcerOptions) {
    this.node = options.node;
    this.#nft = options.nft;
    this.#clock = options.clock ?? systemClock;
    this.#onHealth = options.onHealth ?? (() => {});
    this.#interfaces = options.interfaces;
    this.#applier = new Applier({
      nft: options.nft,
      clock: this.#clock,
      onFailure: (error) => this.#again(error),
    });
  }

  get health(): AgentHealth {
    const lastError = this.#lastError;
    return {
      node: this.node,
      inSync: this.#wanted !== undefined && this.#enforced === this.#wanted.revision,
      revision: this.#enforced,
      problems: this.#problems,
      refused: this.#refused,
      ...(lastError !== undefined && { lastError }),
    };
  }

  /**
   * To be called before the first state: a node without a table gets one that lets no workload
   * through; the rules that an agent before left behind stay. Reports whether there is a table now;
   * why not is the health's last error.
   */
  async closeIfBare(): Promise<boolean> {
    try {
      if ((await this.#nft.list()) !== undefined) return true;
      const nothing = compile(EMPTY_MODEL, this.node);
      const applied = await this.#apply(nothing, await this.#applier.generation());
      if (!applied.ok) this.#fail(applied.error);
      return applied.ok;
    } catch (error) {
      this.#fail(errorOf(error));
      return false;
    }
  }

  /** From now on the newest state of this source is to be enforced. Call again when it is another. */
  enforce(source: StateSource): void {
    if (!this.#wanted) this.#lookLater();
    this.#wanted = source;
    this.#dirty = true;
    this.#start();
  }

  /** Resolves when this revision, or a newer one, is in force. */
  enforced(revision: number): Promise<void> {
    if ((this.#enforced ?? -1) >= revision) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ revision, resolve }));
  }

  /** Ends what is under way. The rules stay. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelCheck();
    this.#cancelLook();
    this.#wake();
    await this.#working;
    await this.#applier.close();
  }

  #start(): void {
    if (this.#stopped) return;
    if (this.#working) this.#wake();
    else {
      this.#working = this.#work().finally(() => {
        this.#working = undefined;
        // What came in the moment between the last look and this one is not to wait.
        if (this.#dirty) this.#start();
        else this.#checkLater();
      });
    }
  }

  /** Works until the newest state is in force. */
  async #work(): Promise<void> {
    this.#cancelCheck();
    let wait = FIRST_RETRY_MS;
    while (!this.#stopped && this.#wanted && this.#dirty) {
      this.#dirty = false;
      const failure = await this.#reach(this.#wanted);
      if (!failure) {
        wait = FIRST_RETRY_MS;
        continue;
      }
      this.#dirty = true;
      this.#fail(failure);
      await this.#sleep(wait);
      wait = Math.min(LAST_RETRY_MS, wait * 2);
    }
  }

  async #reach(source: StateSource): Promise<Error | undefined> {
    let enforced: number;
    try {
      const generation = await this.#applier.generation();
      // Rendered before anything else happens: what a source gives may change after that.
      const { policy, space, problems, refused, revision } = source.state();
      const applied = await this.#apply(policy, generation, space);
      if (!applied.ok) return applied.error;
      this.#problems = [...problems, ...applied.problems];
      this.#refused = refused;
      enforced = revision;
    } catch (error) {
      return errorOf(error);
    }
    this.#enforced = enforced;
    this.#lastError = undefined;
    this.#onHealth(this.health);
    for (const waiting of this.#waiting) {
      if (waiting.revision > enforced) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
    return undefined;
  }

  /** Renders at once, then applies; in a new generation where the one in force is at its end. */
  async #apply(
    policy: NodePolicy,
    generation: number,
    space?: AddressSpace,
  ): Promise<Applied & { readonly problems: readonly Problem[] }> {
    const interfaces = this.#interfaces();
    this.#bound = JSON.stringify(interfaces);
    const previous = this.#allocation?.generation === generation ? this.#allocation : undefined;
    const found = render(policy, interfaces, previous, generation, space);
    const rendered = found.stale
      ? render(policy, interfaces, undefined, generation + 1, space)
      : found;
    const applied = await this.#applier.apply(rendered.rendering);
    this.#allocation = applied.ok ? rendered.allocation : undefined;
    this.#lingering = applied.ok && rendered.lingering;
    return { ...applied, problems: rendered.problems };
  }

  #fail(error: Error): void {
    this.#lastError = error.message;
    this.#onHealth(this.health);
  }

  /** What is in force is no longer known: it is put in force once more. */
  #again(error: NftError): void {
    this.#fail(error);
    this.#dirty = true;
    this.#start();
  }

  /** An address that came or went may bind another host endpoint to its interface. */
  #lookLater(): void {
    this.#cancelLook = this.#clock.after(LOOK_MS, () => {
      try {
        this.#dirty ||= JSON.stringify(this.#interfaces()) !== this.#bound;
      } catch (error) {
        this.#fail(errorOf(error));
      }
      if (this.#dirty) this.#start();
      this.#lookLater();
    });
  }

  /** Looks again in a while: what is no longer needed goes, and others may have changed things. */
  #checkLater(): void {
    if (this.#stopped) return;
    this.#cancelCheck = this.#clock.after(this.#lingering ? TIDY_MS : CHECK_MS, () => {
      this.#working = this.#check().finally(() => {
        this.#working = undefined;
        if (this.#dirty) this.#start();
        else this.#checkLater();
      });
    });
  }

  async #check(): Promise<void> {
    this.#dirty ||= this.#lingering;
    try {
      const drift = await this.#applier.check();
      if (drift.length > 0) {
        this.#fail(new NftError("refused", `the table was changed: ${drift.join("; ")}`));
        this.#dirty = true;
      }
    } catch (error) {
      this.#dirty = true;
      this.#fail(errorOf(error));
    }
  }

  /** Waits, unless something newer is to be done. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
