/** What a schema asks of a text or a number. */
import { invalid, notSupported, tooLong } from "./field-error.ts";
import type { Schema } from "./schema.ts";
import type { Walk } from "./walk.ts";

/** Tells the walk what is wrong with a value. */
export type Check<T> = (value: T, walk: Walk) => void;

/** Undefined where any text is good. */
export function textCheck(schema: Schema<unknown>): Check<string> | undefined {
  const { enum: values, maxLength, minLength, pattern, format } = schema;
  const checks: Check<string>[] = [];
  if (values) checks.push(enumCheck(values));
  if (maxLength !== undefined) {
    checks.push((text, walk) => {
      if (isLonger(text, maxLength)) walk.errors.push(tooLong(walk.field, maxLength));
    });
  }
  if (minLength !== undefined) {
    checks.push((text, walk) => {
      if (isLonger(text, minLength - 1)) return;
      walk.errors.push(invalid(walk.field, text, `must have at least ${minLength} characters`));
    });
  }
  if (pattern !== undefined) {
    const matcher = new RegExp(pattern, "u");
    checks.push((text, walk) => {
      if (matcher.test(text)) return;
      walk.errors.push(invalid(walk.field, text, `must match the pattern ${pattern}`));
    });
  }
  if (format === "date-time") {
    checks.push((text, walk) => {
      if (isDateTime(text)) return;
      const wanted = "must be a time as RFC 3339 writes it (e.g. 2006-01-02T15:04:05Z)";
      walk.errors.push(invalid(walk.field, text, wanted));
    });
  }
  return allOf(checks);
}

/** Undefined where any number is good. That integers are whole, the check of their type says. */
export function numberCheck(schema: Schema<unknown>): Check<number> | undefined {
  const { enum: values } = schema;
  const { minimum, maximum, type, format } = schema;
  const checks: Check<number>[] = [];
  if (values) checks.push(enumCheck(values));
  if (type === "integer" || schema["x-kubernetes-int-or-string"]) {
    const bits = format === "int32" ? 32 : 64;
    const limit = 2 ** (bits - 1);
    checks.push((number, walk) => {
      if (number >= -limit && number < limit) return;
      walk.errors.push(invalid(walk.field, number, `must be an integer of ${bits} bits`));
    });
  }
  if (minimum !== undefined) {
    checks.push((number, walk) => {
      if (number >= minimum) return;
      const wanted = `must be greater than or equal to ${minimum}`;
      walk.errors.push(invalid(walk.field, number, wanted));
    });
  }
  if (maximum !== undefined) {
    checks.push((number, walk) => {
      if (number <= maximum) return;
      walk.errors.push(invalid(walk.field, number, `must be less than or equal to ${maximum}`));
    });
  }
  return allOf(checks);
}

function enumCheck(values: readonly (string | number)[]): Check<string | number> {
  return (value, walk) => {
    if (!values.includes(value)) walk.errors.push(notSupported(walk.field, value, values));
  };
}

function allOf<T>(checks: readonly Check<T>[]): Check<T> | undefined {
  const [first, ...others] = checks;
  if (!first || others.length === 0) return first;
  return (value, walk) => {
    for (const check of checks) check(value, walk);
  };
}

/** Counts characters, not UTF-16 units, of which a character has one or two. */
function isLonger(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  return text.length > 2 * limit || [...text].length > limit;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

function isDateTime(text: string): boolean {
  return DATE_TIME.test(text) && !Number.isNaN(Date.parse(text));
}
