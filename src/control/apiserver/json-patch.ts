/** JSON patches (RFC 6902): operations in order, of which all succeed or none. */

import { isDeepStrictEqual } from "node:util";
import { entry, isObject, textAt, withEntries } from "../../core/schema/json-object.ts";
import { badRequest } from "./status.ts";

type Path = readonly string[];

/** How many operations one patch may have. */
const OPERATIONS_AT_MOST = 10_000;
/** How much "copy" may add to the document, in characters of JSON: what a request may hold. */
const COPIED_AT_MOST = 3 * 1024 * 1024;

/** The document after the patch; refuses a patch that is malformed or does not fit. */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest("a JSON patch must be a list of operations");
  if (patch.length > OPERATIONS_AT_MOST) {
    throw badRequest(`a JSON patch may have at most ${OPERATIONS_AT_MOST} operations`);
  }
  let current = document;
  let copied = 0;
  for (const operation of patch) {
    if (textAt(operation, "op") === "copy") {
      copied += JSON.stringify(read(current, fromOf(operation))).length;
      if (copied > COPIED_AT_MOST) throw badRequest("the copies of a JSON patch are too large");
    }
    current = applyOperation(current, operation);
  }
  return current;
}

function applyOperation(document: unknown, operation: unknown): unknown {
  const path = parsePointer(textAt(operation, "path"), "path");
  const value = entry(operation, "value");
  switch (textAt(operation, "op")) {
    case "add":
      return edit(document, path, "add", value);
    case "remove":
      read(document, path);
      return edit(document, path, "remove");
    case "replace":
      read(document, path);
      return edit(document, path, "replace", value);
    case "test": {
      if (isDeepStrictEqual(read(document, path), value)) return document;
      throw badRequest(`testing value ${formatPointer(path)} failed`);
    }
    case "copy":
    case "move": {
      const from = fromOf(operation);
      const moved = read(document, from);
      const rest = textAt(operation, "op") === "move" ? edit(document, from, "remove") : document;
      return edit(rest, path, "add", moved);
    }
    default:
      throw badRequest(
        `unknown operation in a JSON patch: ${JSON.stringify(entry(operation, "op"))}`,
      );
  }
}

function fromOf(operation: unknown): Path {
  return parsePointer(textAt(operation, "from"), "from");
}

function read(document: unknown, path: Path): unknown {
  if (document === undefined) throw missing(path);
  let found = document;
  for (const step of path) {
    const next = Array.isArray(found) ? found[indexOf(found, step)] : entry(found, step);
    if (next === undefined) throw missing(path);
    found = next;
  }
  return found;
}

function edit(
  document: unknown,
  [step, ...rest]: Path,
  verb: "add" | "remove" | "replace",
  value?: unknown,
): unknown {
  if (step === undefined) return value;
  if (Array.isArray(document)) {
    if (rest.length > 0) {
      const index = indexOf(document, step);
      if (index >= document.length) throw missing([step]);
      return document.with(index, edit(document[index], rest, verb, value));
    }
    const index = step === "-" && verb === "add" ? document.length : indexOf(document, step);
    if (index > document.length) throw badRequest(`index ${step} is beyond the end of the list`);
    if (verb === "add") return document.toSpliced(index, 0, value);
    return verb === "remove" ? document.toSpliced(index, 1) : document.with(index, value);
  }
  if (!isObject(document)) throw missing([step]);
  if (rest.length === 0) return withEntries(document, [[step, value]]);
  if (!Object.hasOwn(document, step)) throw missing([step, ...rest]);
  return withEntries(document, [[step, edit(document[step], rest, verb, value)]]);
}

function indexOf(list: readonly unknown[], step: string): number {
  if (/^(0|[1-9]\d*)$/.test(step)) return Number(step);
  throw badRequest(`"${step}" is no place in a list of ${list.length} items`);
}

function parsePointer(text: string | undefined, field: string): Path {
  if (text === "") return [];
  if (!text?.startsWith("/")) throw badRequest(`"${field}" of a JSON patch must begin with "/"`);
  const steps = text.slice(1).split("/");
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function formatPointer(path: Path): string {
  return path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function missing(path: Path): Error {
  return badRequest(`the object has nothing at ${formatPointer(path)}`);
}
