/** Applies a rule of syntax to a field, or to each item of a list. */
import { type FieldError, invalid } from "../schema/field-error.ts";
import type { Walk } from "../schema/walk.ts";

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

/** As {@link checkText}, of the field `name` of where the walk stands. */
export function walkText(name: string, text: string | undefined, rule: TextRule, walk: Walk): void {
  const problem = text ? rule(text) : undefined;
  if (problem) walk.refuse(name, (field) => invalid(field, text, problem));
}

/** As {@link checkTexts}, of the list `name` of where the walk stands; of texts, or ports. */
export function walkItems<T>(
  name: string,
  items: readonly T[] | undefined,
  rule: (item: T) => string | undefined,
  walk: Walk,
): void {
  walk.each(name, items, (item) => {
    const problem = rule(item);
    if (problem) walk.errors.push(invalid(walk.field, item, problem));
  });
}
