/** Applies a rule of syntax to a field, or to each item of a list. */
import { type FieldError, invalid } from "../schema/field-error.ts";

/** Says what is wrong with a text, or nothing. */
export type TextRule = (text: string) => string | undefined;

/** Absent and empty are fine. */
export function checkText(text: string | undefined, field: string, rule: TextRule): FieldError[] {
  const problem = text ? rule(text) : undefined;
  return problem ? [invalid(field, text, problem)] : [];
}

export function checkTexts(
  texts: readonly string[] | undefined,
  field: string,
  rule: TextRule,
): FieldError[] {
  return (texts ?? []).flatMap((text, i) => {
    const problem = rule(text);
    return problem ? [invalid(`${field}[${i}]`, text, problem)] : [];
  });
}
