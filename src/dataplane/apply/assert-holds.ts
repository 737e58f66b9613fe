import assert from "node:assert/strict";
import type { Nft } from "../nft/nft.ts";
import type { Ruleset } from "../nft/ruleset.ts";

/** The table has what `ruleset` says, and nothing else. */
export async function assertHolds(nft: Nft, { baseChains, chains, maps }: Ruleset): Promise<void> {
  const listing = await nft.list();
  const wanted = new Map(Array.from(chains, ([name, rules]) => [name, rules.length]));
  for (const [name, { rules }] of baseChains) wanted.set(name, rules.length);
  const found = Array.from(listing?.chains ?? [], ([name, { rules }]) => [name, rules] as const);
  assert.deepEqual(new Map(found), wanted);
  assert.deepEqual(new Set(listing?.maps.keys()), new Set(maps.keys()));
  for (const [name, map] of maps) assert.deepEqual(await nft.elements(name), map.elements, name);
}
