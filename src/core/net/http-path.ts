/** Paths of HTTP requests in the one form in which rules compare them (evaluation.md §13). */

/** Escapes that would still be separators or dots after decoding: someone hides a path in them. */
const HIDDEN = /%(2e|2f|5c)/i;

/**
 * `path` without query and fragment, decoded once, `\` read as `/`, without parameters (`;…`), empty
 * segments, `.` and `..`, or a slash at the end. Undefined for what has no such form: a bad
 * escape, a separator escaped twice, a NUL, no slash at the beginning.
 */
export function normalizePath(path: string): string | undefined {
  const decoded = decode(path.replace(/[?#].*$/s, ""));
  if (decoded === undefined || HIDDEN.test(decoded) || decoded.includes("\0")) return undefined;
  const slashed = decoded.replaceAll("\\", "/");
  if (!slashed.startsWith("/")) return undefined;
  const segments: string[] = [];
  for (const segment of slashed.split("/")) {
    const [name = ""] = segment.split(";", 1);
    if (name === "..") segments.pop();
    else if (name !== "" && name !== ".") segments.push(name);
  }
  return `/${segments.join("/")}`;
}

/** Reports whether the one normalised path is the other, or lies below it segment by segment. */
export function isWithin(path: string, prefix: string): boolean {
  return prefix === "/" || path === prefix || path.startsWith(`${prefix}/`);
}

/** Undefined too where the bytes that escapes stand for are no UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
