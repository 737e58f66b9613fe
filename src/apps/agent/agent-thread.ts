/**
 * An agent whose work is done in a thread, so that whoever asks for its health is answered whatever
 * there is to calculate. When the thread dies the rules stay, and the health says so until the next
 * one enforces what the server has.
 */
import { KeptThread } from "../thread/kept-thread.ts";
import type { AgentHealth } from "./health.ts";
import type { AgentNews, NodeAgentOptions } from "./node-agent.ts";

/** Who hears of an agent in a thread. */
export interface AgentListener {
  /** Told of every change of health, but for what is said of the server. */
  readonly onHealth: (health: AgentHealth) => void;
  /** Told when the server cannot be followed, and with nothing once it can again. */
  readonly onTrouble: (trouble: string | undefined) => void;
  /** Told why the thread died; its health is told as well. */
  readonly onDeath: (cause: Error) => void;
}

/** A thread that has not been heard of for so long cannot be said to be well. */
const SILENCE_MS = 15_000;
const MODULE = new URL("./node-agent.ts", import.meta.url);

export class AgentThread {
  readonly #listener: AgentListener;
  readonly #thread: KeptThread<unknown, AgentNews>;
  #health: AgentHealth;
  /** The newest revision that is to be enforced, as far as has been told. */
  #wanted = 0;
  #trouble: string | undefined;

  constructor(options: NodeAgentOptions, listener: AgentListener) {
    this.#listener = listener;
    this.#health = {
      node: options.node,
      inSync: false,
      revision: undefined,
      problems: [],
      refused: [],
    };
    this.#thread = new KeptThread({
      module: MODULE,
      given: options,
      onMessage: (news) => this.#hear(news),
      onDeath: (cause, retryMs) => this.#died(cause, retryMs),
    });
  }

  /** As it is now, or was when the thread last said something. */
  get health(): AgentHealth {
    const { inSync, revision = 0 } = this.#health;
    const lastError = this.#silence ?? this.#trouble ?? this.#health.lastError;
    return {
      ...this.#health,
      inSync: inSync && revision >= this.#wanted,
      ...(lastError !== undefined && { lastError }),
    };
  }

  /** For tests: the thread is asked what no agent is asked, and dies of it. */
  kill(): void {
    this.#thread.post("die");
  }

  /** Ends the work. The rules stay. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }

  get #silence(): string | undefined {
    const seconds = Math.round(this.#thread.silence / 1000);
    if (seconds * 1000 < SILENCE_MS) return undefined;
    return `the calculation has been busy, or stuck, for ${seconds} s`;
  }

  #hear(news: AgentNews): void {
    switch (news.about) {
      case "wanted":
        this.#wanted = news.revision;
        break;
      case "health":
        this.#health = news.health;
        this.#listener.onHealth(news.health);
        break;
      case "server":
        this.#trouble = news.trouble;
        this.#listener.onTrouble(news.trouble);
        break;
    }
  }

  #died(cause: Error, retryMs: number): void {
    this.#trouble = undefined;
    this.#wanted = 0;
    const lastError = `the calculation died and starts again in ${retryMs} ms: ${cause.message}`;
    this.#health = { ...this.#health, inSync: false, lastError };
    this.#listener.onDeath(cause);
    this.#listener.onHealth(this.#health);
  }
}
