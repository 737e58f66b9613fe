import type { Selector } from "./selector.ts";

/** The labels that a selector asks for, each once. */
export function labelsIn(selector: Selector): string[] {
  switch (selector.op) {
    case "all":
    case "global":
      return [];
    case "not":
      return labelsIn(selector.term);
    case "and":
    case "or":
      return [...new Set(selector.terms.flatMap(labelsIn))];
    default:
      return [selector.label];
  }
}
