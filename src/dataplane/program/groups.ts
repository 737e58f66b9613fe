/**
 * Parts of the address space in groups of one row state. Applying a rule to some parts splits the
 * groups that they are in; applying it to a whole family touches each group once.
 */
import { once } from "../../core/calc/once.ts";
import type { Family } from "../../core/net/address.ts";
import { type Labels, UNDECIDED } from "./labels.ts";
import type { Part } from "./parts.ts";
import { applyRule, type Effect, type RowState, someLabel, uniform } from "./row-state.ts";

interface Group {
  readonly family: Family;
  state: RowState;
  size: number;
}

export class Groups {
  readonly #groupOf: Group[];
  /** Groups in which some packet is undecided; no rule changes the others. */
  readonly #open = new Set<Group>();
  readonly #labels: Labels;

  constructor(parts: readonly Part[], labels: Labels) {
    this.#labels = labels;
    const state = uniform(UNDECIDED);
    const groups: Record<Family, Group> = {
      4: { family: 4, state, size: 0 },
      6: { family: 6, state, size: 0 },
    };
    this.#groupOf = parts.map((part) => {
      groups[part.family].size++;
      return groups[part.family];
    });
    this.#open = new Set([groups[4], groups[6]]);
  }

  stateOf(part: Part): RowState {
    return this.#group(part).state;
  }

  changeFamily(family: Family, effect: Effect): void {
    for (const group of this.#open) {
      if (group.family === family) this.#setState(group, applyRule(group.state, effect, family));
    }
  }

  change(parts: readonly Part[], effect: Effect): void {
    const touched = new Map<Group, Part[]>();
    for (const part of parts) {
      const group = this.#group(part);
      if (this.#open.has(group)) once(touched, group, () => []).push(part);
    }
    for (const [group, members] of touched) {
      const state = applyRule(group.state, effect, group.family);
      if (state === group.state) continue;
      if (members.length === group.size) this.#setState(group, state);
      else this.#split(group, members, state);
    }
  }

  #split(from: Group, members: readonly Part[], state: RowState): void {
    const group = { family: from.family, state, size: members.length };
    from.size -= members.length;
    for (const part of members) this.#groupOf[part.index] = group;
    this.#setState(group, state);
  }

  #setState(group: Group, state: RowState): void {
    group.state = state;
    if (someLabel(state, (label) => !this.#labels.isDecided(label))) this.#open.add(group);
    else this.#open.delete(group);
  }

  #group(part: Part): Group {
    const group = this.#groupOf[part.index];
    if (!group) throw new Error(`part ${part.index} is in no group`);
    return group;
  }
}
