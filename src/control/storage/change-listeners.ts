import type { Change, ChangeListener } from "./storage.ts";

/** Who is told of changes. */
export class ChangeListeners {
  readonly #listeners = new Set<{ readonly listener: ChangeListener }>();

  /** Returns what ends the subscription; the same listener may subscribe twice. */
  subscribe(listener: ChangeListener): () => void {
    const subscription = { listener };
    this.#listeners.add(subscription);
    return () => {
      this.#listeners.delete(subscription);
    };
  }

  /** Tells every listener; an error of one is thrown again only when no call is on the stack. */
  notify(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    for (const subscription of [...this.#listeners]) {
      if (!this.#listeners.has(subscription)) continue;
      try {
        subscription.listener(changes);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
