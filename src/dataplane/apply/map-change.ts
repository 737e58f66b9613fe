import type { NftMap, Rendering } from "../nft/ruleset.ts";
import type { Edit } from "./edit.ts";
import type { Holdings } from "./holdings.ts";

/** What one map needs, by the phase of a change that it needs it in. */
export interface MapChange {
  readonly name: string;
  readonly added: readonly Edit[];
  readonly moved: readonly Edit[];
  readonly switched: readonly Edit[];
  /** What stays in the kernel, to be deleted later: key to value. */
  readonly left: ReadonlyMap<string, string>;
  /** What was left before goes with this change. */
  readonly clean?: boolean;
}

type Elements = ReadonlyMap<string, string>;
const NONE: Elements = new Map();
const PHASE = { definition: "added", address: "moved", pointer: "switched" } as const;

/** Elements of a map that both rulesets share, as the same object, are not looked at. */
export function diffMap(name: string, from: Holdings, { ruleset, bridge }: Rendering): MapChange {
  const before = from.ruleset.maps.get(name);
  const after = ruleset.maps.get(name);
  const change = { name, added: [], moved: [], switched: [], left: NONE };
  if (!after) return { ...change, left: before?.elements ?? NONE };
  const declaration = before?.declaration ?? from.stale.maps.get(name)?.held;
  if (declaration !== undefined && declaration !== after.declaration) {
    throw new Error(`map ${name} is held with another declaration`);
  }
  const early = bridge.get(name) ?? NONE;
  if (before?.elements === after.elements && early.size === 0) return change;

  const held = new HeldElements(name, before?.elements ?? NONE, from.stale.elements.get(name));
  const added = held.bridge(early);
  const [own, left] = held.reach(after, early);
  if (PHASE[after.role] === "added") return { ...change, added: [...added, ...own], left };
  return { ...change, added, [PHASE[after.role]]: own, left, clean: true };
}

/** Elements that the kernel holds: those of the ruleset in force, and stale ones. */
class HeldElements {
  readonly #name: string;
  readonly #current: Elements;
  readonly #stale: ReadonlyMap<string, { readonly held: string }> | undefined;

  constructor(
    name: string,
    current: Elements,
    stale: ReadonlyMap<string, { readonly held: string }> | undefined,
  ) {
    this.#name = name;
    this.#current = current;
    this.#stale = stale;
  }

  get(key: string): string | undefined {
    return this.#current.get(key) ?? this.#stale?.get(key)?.held;
  }

  /** Sets keys that nothing leads to yet. */
  bridge(early: Elements): Edit[] {
    const edits: Edit[] = [];
    for (const [key, value] of early) {
      const held = this.get(key);
      if (held === value) continue;
      if (this.#current.has(key)) throw new Error(`${this.#name} leads from ${key} already`);
      edits.push({ key, remove: held !== undefined, value });
    }
    return edits;
  }

  /** Edits towards `wanted` once `early` is there, and what they leave behind. */
  reach(wanted: NftMap, early: Elements): [edits: Edit[], left: Elements] {
    const edits: Edit[] = [];
    const left = new Map<string, string>();
    for (const [key, value] of wanted.elements) {
      const held = early.get(key) ?? this.get(key);
      if (held === value) continue;
      if (held !== undefined && wanted.role === "definition") {
        throw new Error(`${this.#name} defines ${key} as ${held}, not ${value}`);
      }
      edits.push({ key, remove: held !== undefined, value });
    }
    const leave = (key: string, value: string): void => {
      if (wanted.elements.has(key)) return;
      if (goesAtOnce(wanted)) edits.push({ key, remove: true, value: undefined });
      else left.set(key, value);
    };
    for (const [key, value] of this.#current) leave(key, value);
    // What an earlier change left in a map that leads packets would be in force again: of a map that
    // was unused for a moment, or of a class that has its stage's usual row, when that is another.
    if (wanted.role !== "definition") {
      for (const key of this.#stale?.keys() ?? []) {
        if (!wanted.elements.has(key)) edits.push({ key, remove: true, value: undefined });
      }
    }
    for (const [key, value] of early) if (!this.#current.has(key)) leave(key, value);
    return [edits, left];
  }
}

/**
 * Whether a key no longer wanted is deleted in its own phase. Packets bring addresses and interfaces
 * with them, so nothing on the way leads to those; and an endpoint that is gone is to be closed now.
 */
function goesAtOnce({ role, object, declaration }: NftMap): boolean {
  if (role === "address") return true;
  return role === "pointer" && (object === "set" || /: verdict\b/.test(declaration));
}
