import type { TableListing } from "../nft/nft.ts";
import type { Ruleset } from "../nft/ruleset.ts";
import { type Edit, editSteps, type Step } from "./edit.ts";
import type { Holdings, Since, Stale } from "./holdings.ts";

/** What deletes the stale things of `held` that were so at `before`, and what is held then. */
export interface Deletion {
  readonly steps: readonly Step[];
  readonly after: Holdings;
}

export function planDeletion(held: Holdings, before: number): Deletion {
  const { stale } = held;
  const maps = due(stale.maps, before);
  const chains = due(stale.chains, before);
  const edits = new Map<string, readonly Edit[]>();
  const elements = new Map<string, ReadonlyMap<string, Since<string>>>();
  for (const [map, list] of stale.elements) {
    // A map takes its elements with it, none of which became stale after it.
    if (maps.has(map)) continue;
    const gone = due(list, before);
    if (gone.size > 0) edits.set(map, Array.from(gone, removal));
    const rest = without(list, gone);
    if (rest.size > 0) elements.set(map, rest);
  }
  const left: Stale = {
    maps: without(stale.maps, maps),
    chains: without(stale.chains, chains),
    elements,
  };
  return {
    steps: [
      ...flush(chains),
      ...editSteps(edits),
      ...Array.from(maps, (map): Step => [{ op: "delete map", map }]),
      ...Array.from(chains, (chain): Step => [{ op: "delete chain", chain }]),
    ],
    after: { ruleset: held.ruleset, stale: left },
  };
}

/** Deletes every map and chain listed, base chains apart, that `keep` does not name. */
export function planSweep(listing: TableListing, keep: (name: string) => boolean): readonly Step[] {
  const chains = [...listing.chains]
    .filter(([name, { base }]) => base === undefined && !keep(name))
    .map(([name]) => name);
  const maps = [...listing.maps.keys()].filter((name) => !keep(name));
  return [
    ...flush(chains),
    ...maps.map((map): Step => [{ op: "delete map", map }]),
    ...chains.map((chain): Step => [{ op: "delete chain", chain }]),
  ];
}

/** First of all rules go, which lead to other chains and to maps; what is led to cannot be deleted. */
function flush(chains: Iterable<string>): readonly Step[] {
  return Array.from(chains, (chain): Step => [{ op: "flush chain", chain }]);
}

function due<T>(items: ReadonlyMap<string, Since<T>>, before: number): ReadonlySet<string> {
  return new Set([...items].filter(([, { since }]) => since <= before).map(([name]) => name));
}

function without<T>(items: ReadonlyMap<string, T>, names: ReadonlySet<string>): Map<string, T> {
  return new Map([...items].filter(([name]) => !names.has(name)));
}

function removal(key: string): Edit {
  return { key, remove: true, value: undefined };
}

/** Whether `held` has a chain or map of that name. */
export function keeps({ ruleset, stale }: Holdings): (name: string) => boolean {
  const has = (one: Pick<Ruleset, "chains" | "maps"> | Stale, name: string): boolean =>
    one.chains.has(name) || one.maps.has(name);
  return (name) => has(ruleset, name) || has(stale, name);
}
