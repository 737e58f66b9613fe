/** The smallest edits that would turn a verdict, each of them tried. */

import type { Step, Verdict } from "../model/verdict.ts";
import { admit } from "../resources/admit.ts";
import { kindOf } from "../resources/kinds.ts";
import { compareBytes } from "../text/byte-order.ts";
import { Cluster } from "../verdict/cluster.ts";
import { judge } from "../verdict/judge.ts";
import type { Edit } from "./edit.ts";
import type { Explanation } from "./explain.ts";
import { lightening } from "./lighten.ts";
import type { Vicinities } from "./vicinity.ts";
import { type Way, waysTo } from "./ways.ts";

/** Edits that together turn the verdict. */
export interface Counterfactual {
  readonly edits: readonly Edit[];
}

/** At most so many are offered, and of one sort two. */
const OFFERED = 5;
const OF_A_SORT = 2;
/** How many policies may be read anew to try candidates: what bounds the time of an answer. */
const EFFORT = 6000;
const MOST_TRIED = 60;
const LEAST_TRIED = 8;
/** Where several steps deny, so many ways of each are combined. */
const COMBINED = 3;

/**
 * Edits after which the verdict is the opposite, by trying: objects changed are admitted as any
 * others, converted, and the connection judged again. Smallest first; the same for the same cluster.
 */
export function counterfactuals(
  vicinities: Vicinities,
  explanation: Explanation,
): Counterfactual[] {
  const { model, flow, verdict, steps } = explanation;
  const lighten = lightening(explanation);
  const wanted = verdict.action === "Allow" ? "Deny" : "Allow";
  const turned = steps.filter(({ step }) => step.action === verdict.action);
  let left = Math.max(LEAST_TRIED, Math.min(MOST_TRIED, EFFORT / (model.policies.length + 1)));
  const before = new Cluster(vicinities.changed(model, [], lighten));
  const after = (way: Way): Verdict | undefined => {
    if (left <= 0 || !isAdmitted(way)) return undefined;
    left--;
    const changes = way.map(({ change }) => change);
    return judge(new Cluster(vicinities.changed(model, changes, lighten), before), flow);
  };
  const turns = (way: Way) => after(way)?.action === wanted;

  const ways = turned.map((step) => ranked(waysTo(wanted, step, model, vicinities)));
  if (wanted === "Deny" || ways.length === 1) return chosen(ranked(ways.flat()), turns);
  const some = turned.map(({ step }, i) => {
    const lifts = (way: Way) => after(way)?.steps.some((one) => isSame(one, step)) === true;
    return firstOf(ways[i] ?? [], lifts, COMBINED);
  });
  return chosen(ranked([...some.flat(), ...combined(some)]), turns);
}

/** A step that has come to allow. */
function isSame(after: Step, before: Step): boolean {
  const isOf = (["node", "endpoint", "kind", "direction", "list"] as const).every(
    (field) => after[field] === before[field],
  );
  return isOf && after.action !== "Deny";
}

function firstOf<T>(values: readonly T[], test: (value: T) => boolean, count: number): T[] {
  const found: T[] = [];
  for (const value of values) {
    if (found.length === count) break;
    if (test(value)) found.push(value);
  }
  return found;
}

/** Of each step one way. */
function combined([first = [], ...others]: readonly (readonly Way[])[]): readonly Way[] {
  return others.reduce<readonly Way[]>(
    (found, ofStep) => found.flatMap((a) => ofStep.map((b) => merged(a, b))),
    first,
  );
}

/** Two edits of one object cannot both be made from what it was: the second is left out. */
function merged(a: Way, b: Way): Way {
  const touched = new Set(a.map(({ change }) => change.before));
  return [...a, ...b.filter(({ change }) => !change.before || !touched.has(change.before))];
}

function chosen(ways: readonly Way[], turns: (way: Way) => boolean): Counterfactual[] {
  const found: Counterfactual[] = [];
  const sorts = new Map<string, number>();
  for (const edits of ways) {
    if (found.length === OFFERED) break;
    const sort = edits.map((edit) => edit.sort).join();
    const known = sorts.get(sort) ?? 0;
    if (known === OF_A_SORT || !turns(edits)) continue;
    sorts.set(sort, known + 1);
    found.push({ edits });
  }
  return found;
}

/** Smallest first, each once. */
function ranked(ways: readonly Way[]): Way[] {
  const size = (way: Way) => way.reduce((total, edit) => total + edit.size, 0);
  const words = (way: Way) => way.map((edit) => edit.words).join(" and ");
  const distinct = new Map(ways.map((way) => [words(way), way]));
  return Array.from(distinct, ([text, way]) => ({ text, way, size: size(way) }))
    .sort((a, b) => a.size - b.size || compareBytes(a.text, b.text))
    .map(({ way }) => way);
}

/** Whether every object is still one that an API server takes. */
function isAdmitted(way: Way): boolean {
  return way.every(({ change: { after } }) => {
    const kind = after && kindOf(after.apiVersion, after.kind);
    return !kind || admit(kind, after).admitted;
  });
}
