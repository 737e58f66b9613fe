/** YAML and JSON text to documents that remember the place of every field. */
import { EVENT_ID, type Event, parseEvents, YAMLException } from "js-yaml";
import { ComposeError, compose, type Node } from "./compose.ts";
import type { ManifestError } from "./manifest-error.ts";
import { type Position, positionsIn } from "./position.ts";
import { split } from "./split.ts";

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

/** The largest document that is read, in bytes of UTF-8: the largest that an API server takes. */
const MAX_DOCUMENT_BYTES = 3 * 1024 * 1024;
/** What one document may hold: a mapping or a list counts twice, a key or another value once. */
const MAX_EVENTS = 500_000;
const MAX_DEPTH = 100;

/**
 * Reads every document of `text`, JSON being YAML. A document that cannot be read, repeats a key,
 * holds what JSON cannot, or holds too much is an error, and the others are read.
 */
export function parseManifest(text: string, file: string): Manifest {
  const position = positionsIn(text);
  const documents: ManifestDocument[] = [];
  const errors: ManifestError[] = [];
  for (const part of split(text)) {
    const at = (offset: number): Position => position(part.offset + offset);
    for (const found of readPart(part.text)) {
      if ("error" in found) {
        const { message, offset } = found.error;
        errors.push({ file, ...at(offset), path: "", message });
      } else if (found.value !== null) {
        documents.push(documentOf(found, file, at));
      }
    }
  }
  return { documents, errors };
}

/** The documents of a part, one as a rule. */
function readPart(text: string): (Node | { readonly error: ComposeError })[] {
  try {
    const events = eventsOf(text);
    return documentStarts(events).map((start) => readDocument(text, events, start));
  } catch (error) {
    return [{ error: composeError(error) }];
  }
}

function readDocument(
  text: string,
  events: readonly Event[],
  start: number,
): Node | { readonly error: ComposeError } {
  try {
    return compose(text, events, start);
  } catch (error) {
    return { error: composeError(error) };
  }
}

function eventsOf(text: string): readonly Event[] {
  if (isLongerThan(MAX_DOCUMENT_BYTES, text)) {
    const message = `the document is larger than the limit of ${MAX_DOCUMENT_BYTES} bytes`;
    throw new ComposeError(message, Math.max(0, text.search(/\S/)));
  }
  const events = parseEvents(text, { maxDepth: MAX_DEPTH });
  if (events.length <= MAX_EVENTS) return events;
  const message = `the document holds more than the limit of ${MAX_EVENTS} keys and values`;
  throw new ComposeError(message, Math.max(0, text.search(/\S/)));
}

/** Throws again what is no fault of the text. */
function composeError(thrown: unknown): ComposeError {
  if (thrown instanceof ComposeError) return thrown;
  if (!(thrown instanceof YAMLException)) throw thrown;
  const tooDeep = thrown.reason.includes("maxDepth");
  const message = tooDeep ? `nested more than ${MAX_DEPTH} levels deep` : thrown.reason;
  return new ComposeError(message, thrown.mark?.position ?? 0);
}

const UTF8 = new TextEncoder();

function isLongerThan(bytes: number, text: string): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && UTF8.encode(text).length > bytes;
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
