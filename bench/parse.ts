/**
 * Texts that are hard to read, and the same of twice the size: where reading is linear in time, the
 * ratio is 2.
 */
import { parseManifest } from "../src/core/manifest/parse.ts";
import { parseSelector } from "../src/core/selector/parse.ts";
import { SelectorSyntaxError } from "../src/core/selector/tokenize.ts";
import type { Figure } from "./figure.ts";
import type { Progress } from "./main.ts";
import { fastestOf } from "./microseconds.ts";

const ROUNDS = 9;
const SIZE = 250_000;

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
    ] as const
  ).map(([name, of]): Text => ({ name, of, read: readSelector })),
  ...(
    [
      ["manifest of documents", repeated("a: {b: [1, 2]}\n---\n")],
      ["manifest of one list", (size: number) => `a:\n${repeated("- b: 'c'\n  d: 1.5\n")(size)}`],
      ["manifest of flow lists", (size: number) => `[${repeated("[1, a], ")(size)}]`],
      ["manifest of aliases", (size: number) => `a: &a [1]\nb: [${repeated("*a, ")(size)}]\n`],
      ["manifest of blanks", repeated("  \n")],
      ["manifest of quotes", repeated("'")],
      ["JSON of one line", (size: number) => `[${repeated('{"a":1},')(size)}null]`],
    ] as const
  ).map(([name, of]): Text => ({ name, of, read: (text) => void parseManifest(text, "f") })),
];

/** Milliseconds for a quarter of a million characters, and for half a million beside it. */
export async function measure(tell: Progress): Promise<readonly Figure[]> {
  return TEXTS.flatMap(({ name, of, read }) => {
    tell(name);
    const [value = 0, larger = 0] = [of(SIZE), of(2 * SIZE)].map((text) =>
      fastestOf(ROUNDS, () => read(text)),
    );
    const peer = `${name}, 250 kB`;
    return [
      { bench: "parse", case: peer, value, unit: "ms" },
      {
        bench: "parse",
        case: `${name}, 500 kB`,
        value: larger,
        unit: "ms",
        peer,
        ratio: larger / value,
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
