/** Random texts for parsers, and how often a law is tried on them. */
import fc from "fast-check";
import { oddText } from "./arbitrary-value.ts";
import { runs } from "./runs.ts";

/** Texts of the language's own words in no order, and of anything else. */
export const textOf = (...words: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((some) => some.join("")),
    fc.array(fc.oneof(fc.constantFrom(...words), oddText), { maxLength: 8 }).map((a) => a.join("")),
    oddText,
  );

/** Tries a law on many texts. */
export const always = (text: fc.Arbitrary<string>, law: (text: string) => void): void =>
  fc.assert(fc.property(text, law), runs(5));
