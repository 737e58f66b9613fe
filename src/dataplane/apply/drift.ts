import type { TableListing } from "../nft/nft.ts";
import type { NftMap } from "../nft/ruleset.ts";
import type { Holdings } from "./holdings.ts";

/**
 * In what the table differs from what it was given, a sentence each; elements are not looked at.
 * Things of which `isLeaving` holds may be there or not.
 */
export function findDrift(
  { ruleset, stale }: Holdings,
  listing: TableListing | undefined,
  isLeaving: (name: string) => boolean,
): readonly string[] {
  if (!listing) return ["the table is gone"];
  const drift: string[] = [];
  const chains = new Map<string, number>();
  for (const [name, { rules }] of ruleset.baseChains) chains.set(name, rules.length);
  for (const [name, { held }] of stale.chains) chains.set(name, held.length);
  for (const [name, rules] of ruleset.chains) chains.set(name, rules.length);
  for (const [name, rules] of chains) {
    const found = listing.chains.get(name)?.rules;
    if (found === undefined) drift.push(`chain ${name} is gone`);
    else if (found !== rules) drift.push(`chain ${name} has ${found} rules, not ${rules}`);
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

/** How many elements the kernel is to hold in each map of the ruleset. */
export function countElements({ ruleset, stale }: Holdings): ReadonlyMap<string, number> {
  const count = (name: string, { elements }: NftMap): number =>
    elements.size + (stale.elements.get(name)?.size ?? 0);
  return new Map(Array.from(ruleset.maps, ([name, map]) => [name, count(name, map)]));
}
