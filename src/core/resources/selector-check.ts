/** Selectors in manifests: they must parse, and `global()` has one place. */

import { type FieldError, invalid } from "../schema/field-error.ts";
import { parseSelector } from "../selector/parse.ts";
import { SelectorSyntaxError } from "../selector/tokenize.ts";

/** Any selector; absent is fine. */
export function checkSelector(text: string | undefined, field: string): FieldError[] {
  if (text === undefined) return [];
  try {
    parseSelector(text);
    return [];
  } catch (error) {
    if (!(error instanceof SelectorSyntaxError)) throw error;
    return [invalid(field, text, error.message)];
  }
}

/** The namespaceSelector of a rule: `global()` alone, or a selector without it. */
export function checkNamespaceSelector(text: string | undefined, field: string): FieldError[] {
  if (!text?.includes("global(") || /^[ \t]*global\([ \t]*\)[ \t]*$/.test(text)) {
    return checkSelector(text, field);
  }
  return [invalid(field, text, "global() cannot be combined with other selectors")];
}
