/** Regular expressions as the fields of FelixConfiguration hold them: in the syntax of RE2. */
import type { TextRule } from "./text-check.ts";

/** Quoted text, an escape, a class in brackets, the beginning of a group, or one character. */
const PIECE =
  /\\Q[\s\S]*?(?:\\E|$)|\\(?:x\{[0-9A-Fa-f]{1,6}\}|[pP](?:\{\^?\w+\}|[A-Z])|[\s\S]?)|\[\^?\]?(?:\\[\s\S]|\[:\^?[a-z]+:\]|[^\]\\])*\]|\(\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?[:)])?|\{\d+(?:,\d*)?\}|[\s\S]/g;

const MAX_REPETITIONS = 1000;

const PROBLEM = "must be a regular expression in the syntax of RE2";

/** Whether RE2 reads it: each piece that JavaScript spells otherwise is replaced by one it knows. */
export const regularExpressionProblem: TextRule = (text) => {
  let translated = "";
  for (const [piece] of text.matchAll(PIECE)) {
    const known = translate(piece);
    if (known === undefined) return PROBLEM;
    translated += known;
  }
  try {
    new RegExp(translated);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return PROBLEM;
  }
};

function translate(piece: string): string | undefined {
  switch (piece[0]) {
    case "\\":
      return translateEscape(piece);
    case "[":
      return translateClass(piece);
    case "(":
      if (piece === "(") return piece;
      if (piece === "(?") return undefined; // Looks ahead or behind, which RE2 never does.
      if (piece.endsWith(">")) return "(";
      return piece.endsWith(")") ? "(?:)" : "(?:";
    case "{":
      return (piece.match(/\d+/g) ?? []).some((times) => Number(times) > MAX_REPETITIONS)
        ? undefined
        : piece;
    default:
      return piece;
  }
}

/** Letters and digits mean something of their own or nothing: `\1` would look back. */
function translateEscape(piece: string): string | undefined {
  if (piece.startsWith("\\Q")) return "(?:)";
  if (/^\\[xpP]./.test(piece)) return "x";
  if (/^\\[AzC]$/.test(piece)) return "(?:)";
  return /^\\(?:[^a-zA-Z1-9]|[aftnrvbBsSdDwW])$/.test(piece) ? piece : undefined;
}

function translateClass(piece: string): string | undefined {
  const inside = /^\[\^?\]?$/.exec(piece);
  if (inside) return undefined;
  const body = piece
    .slice(1, -1)
    .replace(/^(\^?)\]/, "$1\\]")
    .replace(/\[:\^?[a-z]+:\]/g, "a");
  const unknown = /\\(?:[^a-zA-Z1-9pPx]|[aftnrvsSdDwW]|x|[pP])/g;
  return body.replace(unknown, "").includes("\\") ? undefined : `[${body}]`;
}
