import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { parseSelector } from "../../src/core/selector/parse.ts";
import { prefixLabels } from "../../src/core/selector/prefix-labels.ts";
import { restrictions } from "../../src/core/selector/restrictions.ts";
import { format, matches, type Selector } from "../../src/core/selector/selector.ts";
import { SelectorSyntaxError, tokenize } from "../../src/core/selector/tokenize.ts";
import { type Family, judge, type VectorCase } from "./family.ts";

/** The selector language: what it accepts, how it prints, what it matches. */
export const selectors: Family = {
  name: "selectors",
  file: "selectors.json",
  run: ({ cases }) => judge<SelectorCase>(cases, check),
};

type SelectorCase = VectorCase & { readonly expr: string } & (
    | {
        readonly kind: "evaluate";
        readonly labels: Readonly<Record<string, string>>;
        readonly match: boolean;
      }
    | { readonly kind: "invalid" }
    | { readonly kind: "canonical"; readonly canonical: string; readonly uid?: string }
    | { readonly kind: "prefix"; readonly prefix: string; readonly canonical: string }
    | { readonly kind: "tokens"; readonly tokens?: unknown; readonly error?: boolean }
    | { readonly kind: "restrictions"; readonly restrictions: unknown }
  );

function check(one: SelectorCase): string | undefined {
  switch (one.kind) {
    case "evaluate":
      return compare(
        matches(parseSelector(one.expr), new Map(Object.entries(one.labels))),
        one.match,
      );
    case "invalid":
      return compare(refusal(parseSelector, one.expr), true);
    case "canonical": {
      const selector = parseSelector(one.expr);
      const id = one.uid === undefined ? undefined : compare(idOf(selector), one.uid);
      return compare(format(selector), one.canonical) ?? id;
    }
    case "prefix":
      return compare(format(prefixLabels(parseSelector(one.expr), one.prefix)), one.canonical);
    case "tokens":
      if (one.error) return compare(refusal(tokenize, one.expr), true);
      return compare(tokensOf(one.expr), one.tokens);
    case "restrictions":
      return compare(restrictionsOf(one.expr), one.restrictions);
  }
}

/** The id that others derive from the canonical text. */
function idOf(selector: Selector): string {
  const text = `s:${format(selector)}`;
  return `s:${createHash("sha224").update(text).digest("base64url")}`;
}

function compare(got: unknown, want: unknown): string | undefined {
  if (isDeepStrictEqual(got, want)) return undefined;
  return `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`;
}

function refusal(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text);
    return false;
  } catch (error) {
    if (error instanceof SelectorSyntaxError) return true;
    throw error;
  }
}

function tokensOf(text: string): string[][] {
  return tokenize(text).map((token) => ("text" in token ? [token.kind, token.text] : [token.kind]));
}

/** As vectors write restrictions: what does not hold is left out. */
function restrictionsOf(text: string): unknown {
  const entries = Array.from(restrictions(parseSelector(text)), ([label, restriction]) => {
    const holds = Object.entries(restriction).filter(([, value]) => value !== false);
    return [label, Object.fromEntries(holds)];
  });
  return Object.fromEntries(entries);
}
