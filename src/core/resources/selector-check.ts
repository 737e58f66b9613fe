/** Selectors in manifests: they must parse, and `global()` has one place. */

import type { FieldError } from "../schema/field-error.ts";
import { parseSelector } from "../selector/parse.ts";
import { SelectorSyntaxError } from "../selector/tokenize.ts";
import { checkText } from "./text-check.ts";

/** Any selector; absent is fine. */
export function checkSelector(text: string | undefined, field: string): FieldError[] {
  return checkText(text, field, selectorProblem);
}

/** Says why a text is no selector. */
export function selectorProblem(text: string): string | undefined {
  try {
    parseSelector(text);
    return undefined;
  } catch (error) {
    if (error instanceof SelectorSyntaxError) return error.message;
    throw error;
  }
}

/** The namespaceSelector of a rule: `global()` alone, or a selector without it. */
export function namespaceSelectorProblem(text: string): string | undefined {
  if (!text.includes("global(") || /^[ \t]*global\([ \t]*\)[ \t]*$/.test(text)) {
    return selectorProblem(text);
  }
  return "global() cannot be combined with other selectors";
}
