/**
 * The words of the selector language.
 *
 * Operators spelled as words are operators only right after a label, so labels may be named `in`,
 * `contains` or `all` too. Blanks are spaces and tabs, nothing else.
 */

/** A selector that cannot be read, with the place in its text where reading stopped. */
export class SelectorSyntaxError extends Error {
  override readonly name = "SelectorSyntaxError";
  /** In UTF-16 units from 0. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at character ${offset + 1}`);
    this.offset = offset;
  }
}

/** One word, and where it starts. `has(label)` is a single token. */
export type Token =
  | { readonly kind: "label" | "string" | "has"; readonly text: string; readonly offset: number }
  | { readonly kind: PlainToken; readonly offset: number };

type Punctuation = "(" | ")" | "{" | "}" | "," | "==" | "!=" | "!" | "&&" | "||";
type OperatorWord = "contains" | "starts-with" | "ends-with" | "not-in" | "in";
type PlainToken = Punctuation | OperatorWord | "all" | "global" | "eof";

const MAX_LABEL_LENGTH = 512;
const BLANKS = /[ \t]*/y;
const LABEL = /[A-Za-z0-9_./-]+/y;
const STRING = /"([^"]*)"|'([^']*)'/y;
const PUNCTUATION = /==|!=|&&|\|\||[(){},!]/y;
const CALL = /(has|all|global)\(/y;

/**
 * The operator words, each up to its word boundary. Those of two words skip blanks before they look
 * for the boundary: `a not in b` is refused here, `a in b` only by the parser.
 */
const OPERATORS: readonly (readonly [OperatorWord, RegExp])[] = [
  ["contains", /contains(?![A-Za-z0-9_./-])/y],
  ["starts-with", /starts[ \t]*with[ \t]*(?![A-Za-z0-9_./ \t-])/y],
  ["ends-with", /ends[ \t]*with[ \t]*(?![A-Za-z0-9_./ \t-])/y],
  ["not-in", /not[ \t]*in[ \t]*(?![A-Za-z0-9_./ \t-])/y],
  ["in", /in(?![A-Za-z0-9_./-])/y],
];

/** Splits `text` into tokens, the last of them `eof`. Throws {@link SelectorSyntaxError}. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;

  const fail = (message: string): never => {
    throw new SelectorSyntaxError(message, at);
  };
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text) ?? undefined;
    if (match) at = pattern.lastIndex;
    return match;
  };
  const label = (): string => {
    const start = at;
    const found = take(LABEL)?.[0] ?? fail("expected a label");
    if (found.length <= MAX_LABEL_LENGTH) return found;
    at = start;
    return fail(`label too long (${found.length} bytes, at most ${MAX_LABEL_LENGTH})`);
  };
  const operator = (): OperatorWord => {
    for (const [word, pattern] of OPERATORS) if (take(pattern)) return word;
    return fail("expected an operator after the label");
  };
  const call = (name: string, offset: number): Token => {
    take(BLANKS);
    const argument = name === "has" ? label() : undefined;
    take(BLANKS);
    if (text[at] !== ")") fail('expected ")"');
    at++;
    if (argument !== undefined) return { kind: "has", text: argument, offset };
    return { kind: name as "all" | "global", offset };
  };
  const next = (afterLabel: boolean): Token => {
    const offset = at;
    if (at === text.length) return { kind: "eof", offset };
    const sign = take(PUNCTUATION)?.[0];
    if (sign !== undefined) return { kind: sign as Punctuation, offset };
    const string = take(STRING);
    if (string) return { kind: "string", text: string[1] ?? string[2] ?? "", offset };
    if (`"'`.includes(text.charAt(at))) fail("unterminated string");
    if ("=&|".includes(text.charAt(at))) fail(`expected "${text.charAt(at).repeat(2)}"`);
    if (afterLabel) return { kind: operator(), offset };
    const called = take(CALL)?.[1];
    if (called !== undefined) return call(called, offset);
    return { kind: "label", text: label(), offset };
  };

  for (;;) {
    take(BLANKS);
    const token = next(tokens.at(-1)?.kind === "label");
    tokens.push(token);
    if (token.kind === "eof") return tokens;
  }
}
