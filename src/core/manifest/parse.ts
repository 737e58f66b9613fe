/** YAML and JSON text to documents that remember the place of every field. */
import { EVENT_ID, type Event, parseEvents, YAMLException } from "js-yaml";
import { ComposeError, compose, type Node } from "./compose.ts";
import type { ManifestError } from "./manifest-error.ts";
import { type Position, positionsIn } from "./position.ts";

/** One document of a manifest. */
export interface ManifestDocument {
  /** Plain JSON; `__proto__` may be an own key of an object. */
  readonly value: unknown;
  readonly file: string;
  /** The line, from 1, on which its content begins. */
  readonly line: number;
  /**
   * The place of a path such as `spec.ingress[0].source` or `metadata.labels[a/b]`; of its nearest
   * ancestor where the document has no such field. "" is the document.
   */
  readonly positionOf: (path: string) => Position;
  /** The line of `positionOf`. */
  readonly lineOf: (path: string) => number;
}

export interface Manifest {
  /** In order. Documents without content are left out. */
  readonly documents: readonly ManifestDocument[];
  readonly errors: readonly ManifestError[];
}

/**
 * Reads every document of `text`, JSON being YAML. A syntax error leaves no documents; a document
 * that repeats a key, or holds what JSON cannot, is an error and the others are read.
 */
export function parseManifest(text: string, file: string): Manifest {
  const position = positionsIn(text);
  const errorAt = (offset: number, message: string): ManifestError => {
    return { file, ...position(offset), path: "", message };
  };
  let events: readonly Event[];
  try {
    events = parseEvents(text, { maxDepth: 100 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { documents: [], errors: [errorAt(error.mark?.position ?? 0, error.reason)] };
  }
  const documents: ManifestDocument[] = [];
  const errors: ManifestError[] = [];
  for (const start of documentStarts(events)) {
    try {
      const node = compose(text, events, start);
      if (node.value !== null) documents.push(documentOf(node, file, position));
    } catch (error) {
      if (!(error instanceof ComposeError)) throw error;
      errors.push(errorAt(error.offset, error.message));
    }
  }
  return { documents, errors };
}

function documentStarts(events: readonly Event[]): number[] {
  const starts: number[] = [];
  for (const [i, event] of events.entries()) if (event.type === EVENT_ID.DOCUMENT) starts.push(i);
  return starts;
}

function documentOf(
  node: Node,
  file: string,
  position: (offset: number) => Position,
): ManifestDocument {
  const positionOf = (path: string): Position => position(nearest(node, path).offset);
  const lineOf = (path: string): number => positionOf(path).line;
  return { value: node.value, file, line: lineOf(""), positionOf, lineOf };
}

const STEP = /\.?([^.[\]]+)|\[([^\]]*)\]/gy;

/** The deepest node on the way to `path`. */
function nearest(root: Node, path: string): Node {
  let found = root;
  for (const [, name, bracketed] of path.matchAll(STEP)) {
    const part = found.parts?.get(name ?? bracketed ?? "");
    if (!part) return found;
    found = part;
  }
  return found;
}
