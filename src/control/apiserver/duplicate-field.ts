import { fieldOf } from "../../core/schema/field-error.ts";

/** An object or a list that is open where the text is being read. */
interface Level {
  /** The keys so far; absent for a list. */
  readonly keys?: Set<string>;
  /** The item of a list, from 0. */
  index: number;
  /** The key whose value is being read; undefined where a key comes next, and in lists. */
  key?: string | undefined;
}

/**
 * The path of the first field that some object in a JSON text has twice; of which JSON.parse would
 * keep the last and say nothing. The text must be JSON.
 */
export function duplicateField(text: string): string | undefined {
  const open: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const level = open.at(-1);
    switch (text[at]) {
      case "{":
        open.push({ keys: new Set(), index: 0 });
        break;
      case "[":
        open.push({ index: 0 });
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        if (level) Object.assign(level, { index: level.index + 1, key: undefined });
        break;
      case '"': {
        const end = endOfString(text, at);
        if (level?.keys && level.key === undefined) {
          level.key = String(JSON.parse(text.slice(at, end)));
          if (level.keys.has(level.key)) return pathOf(open);
          level.keys.add(level.key);
        }
        at = end - 1;
      }
    }
  }
  return undefined;
}

/** The offset behind the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function pathOf(open: readonly Level[]): string {
  return open.reduce((path, { keys, key = "", index }) => {
    return keys ? fieldOf(path, key) : `${path}[${index}]`;
  }, "");
}
