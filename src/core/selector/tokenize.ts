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
const TAB = 0x09;
const SPACE = 0x20;
/** Signs by their UTF-16 units: comparing numbers is what makes scanning fast. */
const CODE = {
  "!": 0x21,
  '"': 0x22,
  "&": 0x26,
  "'": 0x27,
  "(": 0x28,
  ")": 0x29,
  ",": 0x2c,
  "=": 0x3d,
  "{": 0x7b,
  "|": 0x7c,
  "}": 0x7d,
} as const;

const LABEL_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9_./-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** The operator words in the order they are tried. Blanks between two words may be left out. */
const OPERATORS: readonly {
  readonly operator: OperatorWord;
  readonly first: string;
  readonly second?: string;
}[] = [
  { operator: "contains", first: "contains" },
  { operator: "starts-with", first: "starts", second: "with" },
  { operator: "ends-with", first: "ends", second: "with" },
  { operator: "not-in", first: "not", second: "in" },
  { operator: "in", first: "in" },
];

/**
 * Walks a selector from token to token, each character looked at a bounded number of times. It
 * stands on the first token when made; making it and advancing throw {@link SelectorSyntaxError}.
 */
export class Scanner {
  kind: Token["kind"] = "eof";
  /** Of a label, a string and `has`; "" of the others. */
  text = "";
  /** Where the token starts. */
  offset = 0;
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.advance();
  }

  /** Goes on to the next token; the last is `eof`, for ever. */
  advance(): void {
    const afterLabel = this.kind === "label";
    this.#skipBlanks();
    this.offset = this.#at;
    this.text = "";
    this.kind = this.#next(afterLabel);
  }

  #next(afterLabel: boolean): Token["kind"] {
    const source = this.#source;
    if (this.#at >= source.length) return "eof";
    const code = source.charCodeAt(this.#at);
    if (!isInLabel(code)) return this.#sign(code, afterLabel);
    if (afterLabel) return this.#operator();
    const word = this.#label();
    if (this.#code() === CODE["("]) {
      if (word === "has") return this.#has();
      if (word === "all" || word === "global") return this.#call(word);
    }
    if (word.length > MAX_LABEL_LENGTH) this.#tooLong(word, this.offset);
    this.text = word;
    return "label";
  }

  #sign(code: number, afterLabel: boolean): Token["kind"] {
    switch (code) {
      case CODE["("]:
        this.#at++;
        return "(";
      case CODE[")"]:
        this.#at++;
        return ")";
      case CODE["{"]:
        this.#at++;
        return "{";
      case CODE["}"]:
        this.#at++;
        return "}";
      case CODE[","]:
        this.#at++;
        return ",";
      case CODE["!"]:
        this.#at++;
        if (this.#code() !== CODE["="]) return "!";
        this.#at++;
        return "!=";
      case CODE["="]:
        return this.#doubled(code, "==");
      case CODE["&"]:
        return this.#doubled(code, "&&");
      case CODE["|"]:
        return this.#doubled(code, "||");
      case CODE['"']:
        return this.#string('"');
      case CODE["'"]:
        return this.#string("'");
      default:
        return this.#fail(afterLabel ? "expected an operator after the label" : "expected a label");
    }
  }

  #doubled(code: number, sign: "==" | "&&" | "||"): Punctuation {
    this.#at++;
    if (this.#code() === code) {
      this.#at++;
      return sign;
    }
    this.#at--;
    return this.#fail(`expected "${sign}"`);
  }

  /** The character that comes next; -1 at the end. */
  #code(): number {
    return this.#at < this.#source.length ? this.#source.charCodeAt(this.#at) : -1;
  }

  #string(quote: string): "string" {
    const end = this.#source.indexOf(quote, this.#at + 1);
    if (end < 0) this.#fail("unterminated string");
    this.text = this.#source.slice(this.#at + 1, end);
    this.#at = end + 1;
    return "string";
  }

  /**
   * A word boundary is wanted behind the operator. Those of two words skip blanks before they look
   * for it: `a not in b` is refused here, `a in b` only by the parser.
   */
  #operator(): OperatorWord {
    const start = this.#at;
    for (const { operator, first, second } of OPERATORS) {
      if (this.#take(first) && (second === undefined || this.#takeApart(second))) {
        if (!this.#isInLabel()) return operator;
      }
      this.#at = start;
    }
    return this.#fail("expected an operator after the label");
  }

  #has(): "has" {
    this.#at++;
    this.#skipBlanks();
    const start = this.#at;
    this.text = this.#label();
    if (this.text.length > MAX_LABEL_LENGTH) this.#tooLong(this.text, start);
    this.#close();
    return "has";
  }

  #call(name: "all" | "global"): "all" | "global" {
    this.#at++;
    this.#close();
    return name;
  }

  #close(): void {
    this.#skipBlanks();
    if (this.#code() !== CODE[")"]) this.#fail('expected ")"');
    this.#at++;
  }

  #label(): string {
    const source = this.#source;
    const start = this.#at;
    let end = start;
    while (end < source.length && isInLabel(source.charCodeAt(end))) end++;
    if (end === start) this.#fail("expected a label");
    this.#at = end;
    return source.slice(start, end);
  }

  /** Whether a character that a label may have comes next. */
  #isInLabel(): boolean {
    return isInLabel(this.#code());
  }

  #take(word: string): boolean {
    if (!this.#source.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  /** The word, and blanks on both sides of it. */
  #takeApart(word: string): boolean {
    this.#skipBlanks();
    if (!this.#take(word)) return false;
    this.#skipBlanks();
    return true;
  }

  #skipBlanks(): void {
    while (this.#at < this.#source.length) {
      const code = this.#source.charCodeAt(this.#at);
      if (code !== SPACE && code !== TAB) return;
      this.#at++;
    }
  }

  #tooLong(label: string, start: number): never {
    this.#at = start;
    return this.#fail(`label too long (${label.length} bytes, at most ${MAX_LABEL_LENGTH})`);
  }

  #fail(message: string): never {
    throw new SelectorSyntaxError(message, this.#at);
  }
}

function isInLabel(code: number): boolean {
  return code >= 0 && code < LABEL_CHARACTERS.length && LABEL_CHARACTERS[code] === 1;
}

/** Splits `text` into tokens, the last of them `eof`. Throws {@link SelectorSyntaxError}. */
export function tokenize(text: string): Token[] {
  const scanner = new Scanner(text);
  const tokens: Token[] = [];
  for (;;) {
    const { kind, offset } = scanner;
    if (kind === "label" || kind === "string" || kind === "has") {
      tokens.push({ kind, text: scanner.text, offset });
    } else {
      tokens.push({ kind, offset });
    }
    if (kind === "eof") return tokens;
    scanner.advance();
  }
}
