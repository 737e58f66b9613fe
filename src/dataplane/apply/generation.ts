import type { ListedHook, TableListing } from "../nft/nft.ts";
import type { Ruleset } from "../nft/ruleset.ts";
import { baseChainStep } from "./base-chains.ts";
import { planSweep } from "./deletion.ts";
import { editSteps, type Step } from "./edit.ts";

/** How to enter a new generation: it is built beside what is there, and then entered at once. */
export interface Entry {
  /** Deletes generations that were built and never entered, or left long ago. */
  readonly clearing: readonly Step[];
  /** Nothing leads to any of it. */
  readonly building: readonly Step[];
  readonly entering: Step;
}

export function planEntry(listing: TableListing | undefined, to: Ruleset): Entry {
  const there = new Map<string, ListedHook>();
  for (const [chain, { base }] of listing?.chains ?? []) if (base) there.set(chain, base);
  const edits = [...to.maps].map(
    ([name, { elements }]) =>
      [name, Array.from(elements, ([key, value]) => ({ key, remove: false, value }))] as const,
  );
  return {
    clearing: listing ? planSweep(listing, isEntered(listing)) : [],
    building: [
      [{ op: "add table" }],
      ...Array.from(to.maps, ([map, of]): Step => [{ op: "add map", map, of }]),
      ...Array.from(to.chains.keys(), (chain): Step => [{ op: "add chain", chain }]),
      // Before the rules: the kernel does more for an element the more rules read its map.
      ...editSteps(new Map(edits)),
      ...Array.from(to.chains).flatMap(([chain, rules]) =>
        rules.map((rule): Step => [{ op: "add rule", chain, rule }]),
      ),
    ],
    entering: baseChainStep(there, to.baseChains),
  };
}

/** The highest generation that any name tells of; 0 when none does. */
export function highestGeneration(listing: TableListing | undefined): number {
  const names = [...(listing?.chains.keys() ?? []), ...(listing?.maps.keys() ?? [])];
  return names.reduce((most, name) => Math.max(most, generationOf(name) ?? 0), 0);
}

/** Whether a name is of a generation that base chains lead to, or of none. */
function isEntered(listing: TableListing): (name: string) => boolean {
  const entered = new Set<number | undefined>([undefined]);
  for (const { base, targets } of listing.chains.values()) {
    if (base) for (const target of targets) entered.add(generationOf(target));
  }
  return (name) => entered.has(generationOf(name));
}

/** The N of `gN_…`. */
export function generationOf(name: string): number | undefined {
  const digits = /^g(\d+)_/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
