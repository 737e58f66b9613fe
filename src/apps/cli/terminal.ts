/** What a command may write to and read from. Tests pass one that remembers. */
import { buffer } from "node:stream/consumers";
import { styleText } from "node:util";

export interface Terminal {
  /** The answer, a line of stdout. */
  readonly print: (line: string) => void;
  /** Anything else a person should know, a line of stderr. */
  readonly tell: (line: string) => void;
  /** All of stdin. */
  readonly read: () => Promise<string>;
  /** Colours `text` if stdout is a terminal that wants it; never the only carrier of meaning. */
  readonly paint: (colour: Colour, text: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user, for what only root can do. */
  readonly isRoot: boolean;
}

export type Colour = "green" | "red" | "dim" | "bold";

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { env } = process;
  const coloured = process.stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    tell: (line) => void process.stderr.write(`${line}\n`),
    read: async () => (await buffer(process.stdin)).toString("utf8"),
    paint: (colour, text) => (coloured ? styleText(colour, text, { validateStream: false }) : text),
    environment: env,
    isRoot: process.getuid?.() === 0,
  };
}
