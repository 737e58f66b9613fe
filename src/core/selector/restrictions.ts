/**
 * What labels must look like for a selector to match at all, so that an index can rule out most
 * endpoints without asking. Restrictions are necessary, not sufficient.
 */
import { compareBytes } from "../text/byte-order.ts";
import type { Selector } from "./selector.ts";

/** A restriction on one label. Both present and absent, or no value left, is never satisfied. */
export interface LabelRestriction {
  readonly mustBePresent: boolean;
  readonly mustBeAbsent: boolean;
  /** The only values that can match, sorted; undefined when any may. */
  readonly oneOf?: readonly string[];
}

export type LabelRestrictions = ReadonlyMap<string, LabelRestriction>;

const PRESENT: LabelRestriction = { mustBePresent: true, mustBeAbsent: false };
const ABSENT: LabelRestriction = { mustBePresent: false, mustBeAbsent: true };

/** The restrictions of `selector`, by label. */
export function restrictions(selector: Selector): LabelRestrictions {
  const found = new Map<string, LabelRestriction>();
  gather(selector, found);
  return found;
}

/** Adds what `selector` restricts to what others do, all of which must hold. */
function gather(selector: Selector, found: Map<string, LabelRestriction>): void {
  switch (selector.op) {
    case "==":
      add(found, selector.label, { ...PRESENT, oneOf: [selector.value] });
      break;
    case "in": {
      const any = selector.values.length > 0 && { oneOf: selector.values };
      add(found, selector.label, { ...PRESENT, ...any });
      break;
    }
    case "has":
    case "contains":
    case "starts with":
    case "ends with":
      add(found, selector.label, PRESENT);
      break;
    case "not":
      if (selector.term.op === "has") add(found, selector.term.label, ABSENT);
      break;
    case "and":
      for (const term of selector.terms) gather(term, found);
      break;
    case "or":
      for (const [label, one] of any(selector.terms.map(restrictions))) add(found, label, one);
  }
}

function add(found: Map<string, LabelRestriction>, label: string, added: LabelRestriction): void {
  const known = found.get(label);
  found.set(label, known ? both(known, added) : added);
}

function both(a: LabelRestriction, b: LabelRestriction): LabelRestriction {
  const oneOf = a.oneOf && b.oneOf ? intersection(a.oneOf, b.oneOf) : (a.oneOf ?? b.oneOf);
  return {
    mustBePresent: a.mustBePresent || b.mustBePresent,
    mustBeAbsent: a.mustBeAbsent || b.mustBeAbsent,
    ...(oneOf && { oneOf }),
  };
}

/** Some term holds, so only what all of them demand is sure. */
function any(terms: readonly LabelRestrictions[]): LabelRestrictions {
  const shared = new Map<string, LabelRestriction>();
  for (const label of terms[0]?.keys() ?? []) {
    const each = terms.map((term) => term.get(label));
    const mustBePresent = each.every((restriction) => restriction?.mustBePresent);
    const mustBeAbsent = each.every((restriction) => restriction?.mustBeAbsent);
    if (!mustBePresent && !mustBeAbsent) continue;
    const lists = each.map((restriction) => restriction?.oneOf);
    const oneOf = mustBePresent && lists.every((list) => list !== undefined);
    shared.set(label, { mustBePresent, mustBeAbsent, ...(oneOf && { oneOf: union(lists) }) });
  }
  return shared;
}

function intersection(a: readonly string[], b: readonly string[]): string[] {
  return a.filter((value) => b.includes(value));
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort(compareBytes);
}
