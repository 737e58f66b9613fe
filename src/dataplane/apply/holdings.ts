import type { Ruleset } from "../nft/ruleset.ts";

/**
 * What the kernel holds of the generation in force: the ruleset that was applied last, and beside
 * it what rulesets before it had, which nothing leads to any more and which is deleted later.
 */
export interface Holdings {
  readonly ruleset: Ruleset;
  readonly stale: Stale;
}

export interface Stale {
  /** Chains, to their rules. */
  readonly chains: ReadonlyMap<string, Since<readonly string[]>>;
  /** Maps, to their declarations. Their elements are stale elements. */
  readonly maps: ReadonlyMap<string, Since<string>>;
  /** Elements of maps, those of the ruleset among them, to their values. */
  readonly elements: ReadonlyMap<string, ReadonlyMap<string, Since<string>>>;
}

/** Something held, and when nothing led to it any more. */
export interface Since<T> {
  readonly held: T;
  readonly since: number;
}

export const NOTHING_STALE: Stale = { chains: new Map(), maps: new Map(), elements: new Map() };

/** When the oldest of `stale` became so; undefined when there is none. */
export function oldest({ chains, maps, elements }: Stale): number | undefined {
  let least: number | undefined;
  for (const group of [chains, maps, ...elements.values()]) {
    for (const { since } of group.values()) {
      if (least === undefined || since < least) least = since;
    }
  }
  return least;
}
