import type { Selector } from "./selector.ts";

/**
 * The selector that asks of `prefix + label` what `selector` asks of `label`. A prefixed name may
 * be longer than text may name it; the selector works all the same.
 */
export function prefixLabels(selector: Selector, prefix: string): Selector {
  switch (selector.op) {
    case "all":
    case "global":
      return selector;
    case "not":
      return { op: "not", term: prefixLabels(selector.term, prefix) };
    case "and":
    case "or":
      return { op: selector.op, terms: selector.terms.map((term) => prefixLabels(term, prefix)) };
    default:
      return { ...selector, label: prefix + selector.label };
  }
}
