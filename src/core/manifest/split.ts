/** A stretch of a manifest that can be read by itself: a document, or comments alone. */
export interface Part {
  /** Where it begins in the whole text. */
  readonly offset: number;
  readonly text: string;
}

/**
 * The parts of `text`, in order; joined they are the text. A line that begins with `---` or `...`
 * is a marker wherever it stands, in quotes and in block scalars too, so that a document which
 * cannot be read hides none of the others.
 */
export function* split(text: string): Generator<Part> {
  let start = 0;
  /** Whether the part has begun: comments and directives before a `---` belong to what follows. */
  let begun = false;
  const part = (end: number): Part => ({ offset: start, text: text.slice(start, end) });
  for (let line = 0; line < text.length; ) {
    const newline = text.indexOf("\n", line);
    const next = newline < 0 ? text.length : newline + 1;
    if (isMarker(text, line, "---")) {
      if (begun) {
        yield part(line);
        start = line;
      }
      begun = true;
    } else if (isMarker(text, line, "...")) {
      yield part(next);
      start = next;
      begun = false;
    } else {
      begun ||= !isBeforeDocument(text, line, next);
    }
    line = next;
  }
  if (start < text.length) yield part(text.length);
}

function isMarker(text: string, line: number, marker: "---" | "..."): boolean {
  const after = text.charAt(line + 3);
  return text.startsWith(marker, line) && (after === "" || " \t\r\n".includes(after));
}

/** A blank line, a comment, or a directive such as `%YAML 1.2`. */
function isBeforeDocument(text: string, line: number, next: number): boolean {
  if (text[line] === "%") return true;
  let at = line;
  while (at < next && " \t\r\n\uFEFF".includes(text.charAt(at))) at++;
  return at === next || text[at] === "#";
}
