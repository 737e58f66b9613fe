import type { BaseChain, Rendering, Ruleset } from "../nft/ruleset.ts";
import { baseChainStep, sameHook } from "./base-chains.ts";
import { type Edit, editSteps, type Step } from "./edit.ts";
import type { Holdings, Since, Stale } from "./holdings.ts";
import { diffMap, type MapChange } from "./map-change.ts";

/**
 * How to get from one ruleset to the next of the same generation, such that every packet meets the
 * old policy or the new one, though it reads one map after another while they change: what is to be
 * led to is added first, then addresses move, then pointers switch. What only the old ruleset needed
 * stays, and is deleted when no packet can still be on its way to it, see `deletion.ts`; pointers go
 * with the next change already, because it may lead packets to them again.
 */
export interface Change {
  /** In order. Each is one transaction unless it is too large, or none when there is nothing to do. */
  readonly phases: readonly (readonly Step[])[];
  /** What is held once all phases are carried out, at `now`. */
  after(now: number): Holdings;
}

/** Throws when `rendering` gives other content to a chain, map or definition that is held. */
export function planChange(from: Holdings, rendering: Rendering): Change {
  const to = rendering.ruleset;
  const maps = Array.from(new Set([...from.ruleset.maps.keys(), ...to.maps.keys()]), (name) =>
    diffMap(name, from, rendering),
  );
  const newMaps = [...to.maps].filter(([name]) => !isHeld(from, name));
  const newChains = [...to.chains].filter(([name, rules]) => !isChainHeld(from, name, rules));
  const edits = (list: (map: MapChange) => readonly Edit[]): readonly Step[] =>
    editSteps(new Map(maps.map((map) => [map.name, list(map)])));
  return {
    phases: [
      [
        ...newMaps.map(([map, of]): Step => [{ op: "add map", map, of }]),
        ...newChains.map(([chain]): Step => [{ op: "add chain", chain }]),
        ...edits((map) => map.added),
        ...newChains.flatMap(([chain, rules]) =>
          rules.map((rule): Step => [{ op: "add rule", chain, rule }]),
        ),
      ],
      edits((map) => map.moved),
      [...edits((map) => map.switched), switchBaseChains(from.ruleset, to)],
    ],
    after: (now) => ({ ruleset: to, stale: staleAfter(from, to, maps, now) }),
  };
}

function isHeld({ ruleset, stale }: Holdings, map: string): boolean {
  return ruleset.maps.has(map) || stale.maps.has(map);
}

function isChainHeld(
  { ruleset, stale }: Holdings,
  name: string,
  rules: readonly string[],
): boolean {
  const held = ruleset.chains.get(name) ?? stale.chains.get(name)?.held;
  if (held === undefined) return false;
  if (!sameRules(held, rules)) throw new Error(`chain ${name} is held with other rules`);
  return true;
}

function switchBaseChains(from: Ruleset, to: Ruleset): Step {
  const changed = [...to.baseChains].filter(([name, base]) => {
    const old = from.baseChains.get(name);
    return !old || !sameBaseChain(old, base);
  });
  return baseChainStep(from.baseChains, new Map(changed), to.baseChains);
}

function sameBaseChain(a: BaseChain, b: BaseChain): boolean {
  return sameHook(a, b) && sameRules(a.rules, b.rules);
}

function sameRules(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((rule, i) => rule === b[i]));
}

function staleAfter(from: Holdings, to: Ruleset, maps: readonly MapChange[], now: number): Stale {
  const elements = new Map(from.stale.elements);
  for (const { name, left, clean } of maps) {
    const old = clean ? undefined : from.stale.elements.get(name);
    const wanted = to.maps.get(name)?.elements;
    const stale = replaceStale(old, left, (key) => wanted?.has(key) ?? false, now);
    if (stale.size > 0) elements.set(name, stale);
    else elements.delete(name);
  }
  const gone = [...from.ruleset.maps].filter(([name]) => !to.maps.has(name));
  const declarations = new Map(gone.map(([name, map]) => [name, map.declaration]));
  const unused = new Map([...from.ruleset.chains].filter(([name]) => !to.chains.has(name)));
  return {
    elements,
    maps: replaceStale(from.stale.maps, declarations, (name) => to.maps.has(name), now),
    chains: replaceStale(from.stale.chains, unused, (name) => to.chains.has(name), now),
  };
}

/** What was stale and is not wanted again, and what `left` just now. */
function replaceStale<T>(
  old: ReadonlyMap<string, Since<T>> | undefined,
  left: ReadonlyMap<string, T>,
  wanted: (key: string) => boolean,
  now: number,
): ReadonlyMap<string, Since<T>> {
  const stale = new Map<string, Since<T>>();
  for (const [key, item] of old ?? []) if (!wanted(key)) stale.set(key, item);
  for (const [key, held] of left) stale.set(key, { held, since: now });
  return stale;
}
