/** Manifests to resources: every object admitted, or everything that is wrong with it. */

import type { ManifestError } from "../manifest/manifest-error.ts";
import { type ManifestDocument, parseManifest } from "../manifest/parse.ts";
import type { Position } from "../manifest/position.ts";
import { type FieldError, wrongType } from "../schema/field-error.ts";
import { isObject } from "../schema/json-object.ts";
import { admit } from "./admit.ts";
import { identify } from "./identify.ts";
import type { AnyResource } from "./kinds.ts";
import { mend } from "./mend.ts";
import type { ResourceKind } from "./resource.ts";

/** A resource and where its manifest says what it says. */
export interface LoadedResource {
  /** With its defaults, and a namespace if its kind has them. */
  readonly resource: AnyResource;
  readonly kind: ResourceKind;
  /** The document it is, or the list it is an item of. */
  readonly document: ManifestDocument;
  /** The line on which it begins. */
  readonly line: number;
  /** The line of a path of the resource, as `ManifestDocument.lineOf`. */
  readonly lineOf: (path: string) => number;
}

export interface ReadOptions {
  /** For namespaced kinds that name none; `default` when absent. */
  readonly namespace?: string;
  /** What becomes of kinds that are none of ours, nor nearly: refused when absent. */
  readonly unknownKinds?: "refuse" | "skip";
}

/** Nothing of a file with errors may be applied: what it does say may need what it does not. */
export interface Read {
  readonly resources: readonly LoadedResource[];
  /** In the order of the text. */
  readonly errors: readonly ManifestError[];
}

/** Reads every object of `text`, the items of lists included. */
export function readManifests(text: string, file: string, options: ReadOptions = {}): Read {
  const { documents, errors: unread } = parseManifest(text, file);
  const resources: LoadedResource[] = [];
  const errors = [...unread];
  for (const document of documents) {
    for (const found of objectsOf(document)) {
      const result = readObject(found, options);
      if (result === undefined) continue;
      if ("resource" in result) resources.push(result);
      else errors.push(...result.errors);
    }
  }
  errors.sort((a, b) => a.line - b.line || a.column - b.column);
  return { resources, errors };
}

/** An object of a document: the whole of it, or an item of a list at `at`. */
interface Found {
  readonly value: unknown;
  readonly document: ManifestDocument;
  /** "", or a path such as `items[3]`. */
  readonly at: string;
}

function objectsOf(document: ManifestDocument): Found[] {
  return unfold({ value: document.value, document, at: "" });
}

/** The items of a `List` of anything, or of a typed list, whose items need not repeat its type. */
function unfold(found: Found): Found[] {
  const { value, document, at } = found;
  if (!isObject(value) || !Array.isArray(value.items) || typeof value.kind !== "string") {
    return [found];
  }
  const kind = /^(.*)List$/.exec(value.kind)?.[1];
  if (kind === undefined) return [found];
  const type = kind === "" ? {} : { apiVersion: value.apiVersion, kind };
  return value.items.flatMap((item: unknown, i) => {
    const place = `${at === "" ? "" : `${at}.`}items[${i}]`;
    return unfold({ value: isObject(item) ? { ...type, ...item } : item, document, at: place });
  });
}

function readObject(
  found: Found,
  options: ReadOptions,
): LoadedResource | { readonly errors: readonly ManifestError[] } | undefined {
  const { value, document, at } = found;
  const positionOf = (path: string): Position => document.positionOf(join(at, path));
  const errorAt = (path: string, message: string): ManifestError => {
    return { file: document.file, ...positionOf(path), path, message };
  };
  const refuse = (errors: readonly FieldError[]) => ({
    errors: errors.map(({ field, message }) => errorAt(field, message)),
  });
  if (!isObject(value)) return refuse([wrongType("", value, "object")]);
  const identity = identify(value);
  if (identity.is === "foreign" && options.unknownKinds === "skip") return undefined;
  if (identity.is !== "known") return refuse([identity.error]);
  const { kind } = identity;
  const { namespace = "default" } = options;
  const admission = admit(kind, withNamespace(kind, value, namespace));
  if (admission.admitted) {
    const lineOf = (path: string): number => positionOf(path).line;
    return { resource: admission.resource, kind, document, line: lineOf(""), lineOf };
  }
  const mended = mend(kind, value);
  if (!mended) return refuse(admission.errors);
  const misplaced = errorAt(mended.path, mended.message);
  const afterwards = admit(kind, withNamespace(kind, mended.value, namespace));
  if (afterwards.admitted) return { errors: [{ ...misplaced, mended: mended.text }] };
  const others = afterwards.errors.map(({ field, message }) => {
    return { ...errorAt(mended.writtenAt(field), message), path: field };
  });
  return { errors: [misplaced, ...others] };
}

function withNamespace(
  kind: ResourceKind,
  value: Readonly<Record<string, unknown>>,
  namespace: string,
): Readonly<Record<string, unknown>> {
  const { metadata } = value;
  if (kind.scope !== "Namespaced" || !isObject(metadata) || metadata.namespace) return value;
  return { ...value, metadata: { ...metadata, namespace } };
}

function join(at: string, path: string): string {
  return at === "" || path === "" ? at + path : `${at}.${path}`;
}
