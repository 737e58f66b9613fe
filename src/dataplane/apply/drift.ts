import type { TableListing } from "../nft/nft.ts";
import type { Holdings } from "./holdings.ts";

/** What chains of ours read like in a listing, by their names and rules: learnt by looking. */
export type ListedTexts = ReadonlyMap<string, string>;

/**
 * In what the table differs from what it was given, a sentence each; elements are not looked at.
 * Things of which `isLeaving` holds may be there or not. A chain that `texts` does not know yet is
 * believed to hold its rules when it holds as many.
 */
export function findDrift(
  held: Holdings,
  listing: TableListing | undefined,
  texts: ListedTexts,
  isLeaving: (name: string) => boolean,
): readonly string[] {
  const { ruleset, stale } = held;
  if (!listing) return ["the table is gone"];
  const drift: string[] = [];
  const chains = heldChains(held);
  for (const [name, rules] of chains) {
    const found = listing.chains.get(name);
    const known = texts.get(keyOf(name, rules));
    if (!found) drift.push(`chain ${name} is gone`);
    else if (found.rules !== rules.length) {
      drift.push(`chain ${name} has ${found.rules} rules, not ${rules.length}`);
    } else if (known !== undefined && known !== found.text) {
      drift.push(`chain ${name} has other rules`);
    }
  }
  for (const name of listing.chains.keys()) {
    if (!chains.has(name) && !isLeaving(name)) drift.push(`chain ${name} is somebody else's`);
  }
  const isOurs = (name: string): boolean => ruleset.maps.has(name) || stale.maps.has(name);
  for (const name of [...ruleset.maps.keys(), ...stale.maps.keys()]) {
    if (!listing.maps.has(name)) drift.push(`map ${name} is gone`);
  }
  for (const name of listing.maps.keys()) {
    if (!isOurs(name) && !isLeaving(name)) drift.push(`map ${name} is somebody else's`);
  }
  return drift;
}

/** What the chains that are held read like in a listing without drift. */
export function textsIn(held: Holdings, listing: TableListing): ListedTexts {
  const texts = new Map<string, string>();
  for (const [name, rules] of heldChains(held)) {
    const found = listing.chains.get(name);
    if (found) texts.set(keyOf(name, rules), found.text);
  }
  return texts;
}

/** In what a map's elements differ from those it was given, in a sentence. */
export function elementDrift(
  { ruleset, stale }: Holdings,
  map: string,
  found: ReadonlyMap<string, string>,
): string | undefined {
  const own = ruleset.maps.get(map)?.elements ?? new Map<string, string>();
  const left = stale.elements.get(map);
  const size = own.size + (left?.size ?? 0);
  if (found.size !== size) return `map ${map} has ${found.size} elements, not ${size}`;
  for (const [key, value] of found) {
    const wanted = own.get(key) ?? left?.get(key)?.held;
    if (wanted === undefined) return `map ${map} has ${key}, which is somebody else's`;
    if (wanted !== value) return `map ${map} has ${value} for ${key}, not ${wanted}`;
  }
  return undefined;
}

function heldChains({ ruleset, stale }: Holdings): ReadonlyMap<string, readonly string[]> {
  return new Map([
    ...Array.from(ruleset.baseChains, ([name, { rules }]) => [name, rules] as const),
    ...Array.from(stale.chains, ([name, { held }]) => [name, held] as const),
    ...ruleset.chains,
  ]);
}

function keyOf(chain: string, rules: readonly string[]): string {
  return [chain, ...rules].join("\n");
}
