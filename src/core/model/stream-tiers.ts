/** Tiers of a stream: those that are written, before those that are always there. */
import { BUILT_IN_TIERS } from "./convert-tier.ts";
import type { Tier } from "./policy.ts";
import type { ModelUpdate } from "./update.ts";

const BUILT_IN: ReadonlyMap<string, Tier> = new Map(
  BUILT_IN_TIERS.map((tier) => [tier.name, tier]),
);

/** Whether the tier exists whatever is written. */
export function isBuiltInTier(name: string): boolean {
  return BUILT_IN.has(name);
}

/** Keeps those that are written. */
export class StreamTiers {
  readonly #tell: (update: ModelUpdate) => void;
  readonly #written = new Map<string, Tier>();

  constructor(tell: (update: ModelUpdate) => void) {
    this.#tell = tell;
  }

  /** Tells those that are always there, and are not written otherwise. */
  begin(): void {
    const written = new Set(Array.from(this.#written.values(), ({ name }) => name));
    for (const [key, value] of BUILT_IN) {
      if (!written.has(key)) this.#tell({ part: "tier", key, value });
    }
  }

  /** The names of all that exist. */
  names(): ReadonlySet<string> {
    return new Set([...BUILT_IN.keys(), ...Array.from(this.#written.values(), (one) => one.name)]);
  }

  /** The tier as it is now. Its name never changes. */
  set(key: string, value: Tier): void {
    this.#written.set(key, value);
    this.#tell({ part: "tier", key: value.name, value });
  }

  /** Reports whether it was there. */
  delete(key: string): boolean {
    const before = this.#written.get(key);
    if (!before) return false;
    this.#written.delete(key);
    this.#tell({ part: "tier", key: before.name, value: BUILT_IN.get(before.name) });
    return true;
  }

  get holdings() {
    return { tiers: this.#written.size };
  }
}
