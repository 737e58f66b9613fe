/** How the fields of FelixConfiguration are declared that Picket has no use for. */
import {
  boolean,
  integer,
  integerOrString,
  list,
  oneOf,
  optional,
  string,
} from "../schema/schema.ts";

/** What is said of every such field, so that nobody waits for an effect. */
const inert = (what: string) => `${what}. Read and kept; Picket does nothing with it.`;

/**
 * Whole numbers with units, `1m30s`; "" is no time at all. Upstream's own: the backslash doubled, a
 * fraction is not `.5` but takes a backslash.
 */
const DURATION = "^([0-9]+(\\\\.[0-9]+)?(ms|s|m|h))*$";

/** Matches these words in any case, and "". */
export const anyCase = (words: readonly string[]) => `^(?i:(${words.join("|")})?)$`;

interface TextLimits {
  readonly pattern?: string;
  readonly maxLength?: number;
}

interface NumberLimits {
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export const flag = (what: string) => optional(boolean({ description: inert(what) }));

export const whole = (what: string, limits: NumberLimits = {}) =>
  optional(integer({ ...limits, description: inert(what) }));

export const text = (what: string, limits: TextLimits = {}) =>
  optional(string({ ...limits, description: inert(what) }));

export const texts = (what: string) => optional(list(string(), { description: inert(what) }));

export const duration = (what: string) => text(what, { pattern: DURATION });

/** One of the words, spelt like this. */
export const choice = <const W extends string>(
  words: readonly W[],
  what: string,
  extra: { readonly default?: W } = {},
) => optional(oneOf(words, { ...extra, description: inert(what) }));

/** One of the words, spelt anyhow. */
export const word = (words: readonly string[], what: string) =>
  text(`${what}: ${words.join(", ")}`, { pattern: anyCase(words) });

export const onOff = (what: string) => choice(["Enabled", "Disabled"], what);

export const numberOrText = (what: string) =>
  optional(integerOrString({ description: inert(what) }));
