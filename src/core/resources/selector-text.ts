/** Selectors in the fields of policies. */
import { string, type Validation } from "../schema/schema.ts";

/** A selector in the language of `core/selector`. */
export function selectorText(description: string) {
  return string({ maxLength: 1024, description });
}

/** A field of a selector that may not speak of `global()`, not even in quotes. */
export function withoutGlobal<Field extends string>(
  field: Field,
): Validation<{ readonly [F in Field]?: string }> {
  return {
    rule: `!(has(self.${field}) && self.${field}.contains('global('))`,
    message: "global() can only be used in the namespaceSelector of a rule",
    field,
    holds: ({ [field]: text }) => text === undefined || !text.includes("global("),
  };
}
