/** The fewest labels to change so that a selector selects something, or no longer does. */
import type { Labels, Selector } from "../selector/selector.ts";
import { matches } from "../selector/selector.ts";

/** Labels and the values to give them; undefined is to take the label away. */
export type Relabelling = ReadonlyMap<string, string | undefined>;

const NOTHING: Relabelling = new Map();

/** Undefined where no change will do, or none that is found by looking at one part at a time. */
export function relabelling(
  selector: Selector,
  labels: Labels,
  wanted: boolean,
): Relabelling | undefined {
  if (matches(selector, labels) === wanted) return NOTHING;
  switch (selector.op) {
    case "all":
    case "global":
      return undefined;
    case "not":
      return relabelling(selector.term, labels, !wanted);
    case "and":
    case "or": {
      const parts = selector.terms.map((term) => relabelling(term, labels, wanted));
      return (selector.op === "and") === wanted ? together(parts) : fewest(parts);
    }
    default:
      return of(selector.label, valueFor(selector, wanted));
  }
}

type Leaf = Exclude<Selector, { readonly op: "all" | "global" | "not" | "and" | "or" }>;

/** A value with which the leaf becomes what is wanted; null where there is none. */
function valueFor(leaf: Leaf, wanted: boolean): string | undefined | null {
  switch (leaf.op) {
    case "has":
      return wanted ? "true" : undefined;
    case "in":
      return wanted ? (leaf.values[0] ?? null) : undefined;
    case "not in":
      return wanted ? undefined : (leaf.values[0] ?? null);
    case "!=":
      return wanted ? undefined : leaf.value;
    default:
      return wanted ? leaf.value : undefined;
  }
}

function of(label: string, value: string | undefined | null): Relabelling | undefined {
  return value === null ? undefined : new Map([[label, value]]);
}

function together(parts: readonly (Relabelling | undefined)[]): Relabelling | undefined {
  const all = new Map<string, string | undefined>();
  for (const part of parts) {
    if (!part) return undefined;
    for (const [label, value] of part) all.set(label, value);
  }
  return all;
}

function fewest(parts: readonly (Relabelling | undefined)[]): Relabelling | undefined {
  const [least] = parts.filter((part) => part !== undefined).sort((a, b) => a.size - b.size);
  return least;
}
