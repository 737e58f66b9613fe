/** Collects what rules ask of addresses that the kernel is to look up. */
import type { Direction } from "../../core/model/policy.ts";
import type { CompiledSide, NamedPortSet, Section, Stage } from "../../core/policy/policy.ts";
import type { Addresses } from "../../core/sets/addresses.ts";
import { namesOf, type OwnSide, ownSide, peerSide } from "./sides.ts";

/** A section to render for one endpoint or several alike. */
export interface SectionUse {
  readonly section: Section;
  readonly direction: Direction;
  /** "any": the own address, too, is to be looked up. */
  readonly own: OwnSide | "any";
}

export interface SetsInUse {
  readonly sets: ReadonlySet<Addresses>;
  /** By id. */
  readonly names: ReadonlyMap<string, NamedPortSet>;
}

export function setsInUse(uses: Iterable<SectionUse>): SetsInUse {
  const sets = new Set<Addresses>();
  const names = new Map<string, NamedPortSet>();
  const seen = new Map<string, Set<Stage>>();
  const collect = (what: string, stage: Stage, sides: () => Iterable<CompiledSide>): void => {
    const known = seen.get(what) ?? new Set();
    seen.set(what, known);
    if (known.has(stage)) return;
    known.add(stage);
    for (const side of sides()) {
      for (const { set } of side.addresses) sets.add(set);
      for (const name of namesOf(side)) names.set(name.id, name);
    }
  };
  for (const { section, direction, own } of uses) {
    for (const stage of section.stages) {
      const rules = stage.rules;
      collect(`peer ${direction}`, stage, () => rules.map((rule) => peerSide(rule, direction)));
      if (own !== "any") continue;
      collect(`own ${direction}`, stage, () => rules.map((rule) => ownSide(rule, direction)));
    }
  }
  return { sets, names };
}
