import type { Schema } from "../../src/core/schema/schema.ts";
import type { Random } from "../differential/random.ts";

const TEXTS = ["", "a", "web", "TCP", "10", "5s", "1m30s", "2h", "0x1", "10.0.0.0/8", "192.0.2.1"];

/** A short text, of the schema's pattern if one of a few is. */
export function textMatching(random: Random, schema: Schema<unknown>): string {
  const { pattern, minLength = 0, maxLength = 1024 } = schema;
  const fitting = [...TEXTS, ...wordsOf(pattern ?? "")].filter(
    (text) =>
      text.length >= minLength && text.length <= maxLength && (!pattern || matches(pattern, text)),
  );
  return random.pick(fitting) ?? "a";
}

/** The pattern's own words are what many patterns list: `^(?i)(Debug|Info)?$`. */
function wordsOf(pattern: string): string[] {
  return pattern.match(/[A-Za-z]{2,}/g) ?? [];
}

function matches(pattern: string, text: string): boolean {
  const flag = pattern.includes("(?i)") ? "iu" : "u";
  return new RegExp(pattern.replace("(?i)", ""), flag).test(text);
}
