/** The ways from one state to another. */
import type { ModelUpdate } from "../../src/core/model/update.ts";
import type { Random } from "../differential/random.ts";
import { identityOf, type State } from "./state.ts";

/** An update to tell, or a moment to flush. */
export type Step = ModelUpdate | "flush";

export type Way = (from: State, to: State, random: Random) => readonly Step[];

/** Every way ends where it leads, and who walks it flushes there. Chance chooses between what is alike. */
export const WAYS: Readonly<Record<string, Way>> = {
  "all at once": changes,
  "all at once, backwards or in any order": (from, to, random) => {
    const updates = changes(from, to);
    return random.chance(50) ? updates.toReversed() : shuffled(updates, random);
  },
  "one by one, forwards or backwards": (from, to, random) => {
    const updates = changes(from, to);
    return (random.chance(50) ? updates : updates.toReversed()).flatMap(flushed);
  },
  "in any order, with a flush now and then": (from, to, random) =>
    shuffled(changes(from, to), random).flatMap((update) =>
      random.chance(40) ? flushed(update) : [update],
    ),
  "through nothing, flushed or not": (from, to, random) => [
    ...gone(from),
    ...(random.chance(50) ? ["flush" as const] : []),
    ...again(to),
  ],
  "each deleted and made anew in one batch": (from, to, random) =>
    shuffled(changes(from, to), random).flatMap((update) => [without(update), again1(update)]),
  "everything told twice, and what stays told again": (from, to, random) => [
    ...shuffled([...changes(from, to), ...to.updates], random).flatMap((one) => [one, again1(one)]),
    ...again(to),
    ...missing(from, to),
  ],
  "there, back and there again": (from, to, random) => [
    ...changes(from, to),
    ...(random.chance(50) ? ["flush" as const] : []),
    ...changes(to, from).toReversed(),
    ...(random.chance(50) ? ["flush" as const] : []),
    ...changes(from, to),
  ],
};

/** What goes and what comes or becomes another. */
export function changes(from: State, to: State): ModelUpdate[] {
  const before = new Map(from.updates.map((update) => [identityOf(update), update]));
  return [
    ...missing(from, to),
    ...to.updates.filter((update) => before.get(identityOf(update)) !== update),
  ];
}

/** All of a state is no more. */
export function gone({ updates }: State): ModelUpdate[] {
  return updates.map(without);
}

/** All of a state, equal to what it is and no object the same. */
function again({ updates }: State): ModelUpdate[] {
  return updates.map(again1);
}

function again1(update: ModelUpdate): ModelUpdate {
  return structuredClone(update);
}

function missing(from: State, to: State): ModelUpdate[] {
  const after = new Set(to.updates.map(identityOf));
  return from.updates.filter((update) => !after.has(identityOf(update))).map(without);
}

function without(update: ModelUpdate): ModelUpdate {
  return { ...update, value: undefined };
}

function flushed(update: ModelUpdate): Step[] {
  return [update, "flush"];
}

/** The same items in an order of chance. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random.below(left.length), 1));
}
