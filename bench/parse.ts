/**
 * Texts that are hard to read, and the same of twice the size: where reading is linear in time, the
 * ratio is 2. A refusal is read as well.
 */
import { parseManifest } from "../src/core/manifest/parse.ts";
import { parseSelector } from "../src/core/selector/parse.ts";
import { SelectorSyntaxError } from "../src/core/selector/tokenize.ts";
import { type Figure, median } from "./figure.ts";
import type { Progress } from "./main.ts";

const ROUNDS = 9;
const SIZE = 500_000;

interface Text {
  readonly name: string;
  /** Of about as many characters. */
  readonly of: (size: number) => string;
  readonly read: (text: string) => void;
}

const repeated = (part: string) => (size: number) => part.repeat(size / part.length);

const TEXTS: readonly Text[] = [
  ...(
    [
      ["selector of terms", (size: number) => `has(a)${repeated("&&has(a)")(size)}`],
      ["selector of negations", (size: number) => `${repeated("!")(size)}has(a)`],
      ["selector of values", (size: number) => `a in {${repeated("'b',")(size)}}`],
      ["selector, an operator's beginnings", (size: number) => `a ${repeated("starts ")(size)}`],
    ] as const
  ).map(([name, of]): Text => ({ name, of, read: readSelector })),
  ...(
    [
      ["manifest of documents", repeated("a: {b: [1, 2]}\n---\n")],
      ["manifest of one list", (size: number) => `a:\n${repeated("- b: 'c'\n  d: 1.5\n")(size)}`],
      ["manifest of flow lists", (size: number) => `[${repeated("[1, a], ")(size)}]`],
      ["manifest of open brackets", repeated("[")],
      ["manifest of aliases", (size: number) => `a: &a [1]\nb: [${repeated("*a, ")(size)}]\n`],
      ["manifest of blanks", repeated("  \n")],
      ["manifest of quotes", repeated("'")],
      ["manifest of question marks", repeated("? ")],
      ["JSON of one line", (size: number) => `[${repeated('{"a":1},')(size)}null]`],
    ] as const
  ).map(([name, of]): Text => ({ name, of, read: (text) => void parseManifest(text, "f") })),
];

/** Milliseconds for half a million characters, and a million, the peer of which is the half. */
export async function measure(tell: Progress): Promise<readonly Figure[]> {
  return TEXTS.flatMap(({ name, of, read }) => {
    tell(name);
    const texts = [of(SIZE), of(2 * SIZE)];
    const rounds = Array.from({ length: ROUNDS }, () => texts.map((text) => took(read, text)));
    const [once, twice] = [0, 1].map((size) => median(rounds.map((round) => round[size] ?? 0)));
    const ratio = median(rounds.map(([first = 0, second = 0]) => second / first));
    return [
      { bench: "parse", case: `${name}, 0.5 MB`, value: once ?? 0, unit: "ms" },
      {
        bench: "parse",
        case: `${name}, 1 MB`,
        value: twice ?? 0,
        unit: "ms",
        peer: `${name}, 0.5 MB`,
        ratio,
      },
    ];
  });
}

function readSelector(text: string): void {
  try {
    parseSelector(text);
  } catch (error) {
    if (!(error instanceof SelectorSyntaxError)) throw error;
  }
}

function took(read: (text: string) => void, text: string): number {
  const begun = performance.now();
  read(text);
  return performance.now() - begun;
}
