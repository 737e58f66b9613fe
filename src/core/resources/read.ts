/** Manifests to resources: every object admitted, or everything that is wrong with it. */

import type { ManifestError } from "../manifest/manifest-error.ts";
import { type ManifestDocument, parseManifest } from "../manifest/parse.ts";
import { type FieldError, wrongType } from "../schema/field-error.ts";
import { isObject, type JsonObject } from "../schema/json-object.ts";
import { admit, shape } from "./admit.ts";
import { identify } from "./identify.ts";
import type { AnyResource } from "./kinds.ts";
import { mend } from "./mend.ts";
import { pod } from "./pod.ts";
import { templatedPod } from "./pod-template.ts";
import type { Resource, ResourceKind } from "./resource.ts";

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
  /** Whether controllers (Deployment, Job, …) are read as a pod that they would start. */
  readonly controllers?: "as pods";
  /**
   * What becomes of objects that have the right types and yet would be refused: with `read` they are
   * among the resources, and what is wrong with them among the doubts. What has neither apiVersion
   * nor kind is left out then, and doubted. Refused when absent.
   */
  readonly doubtful?: "read";
}

/** Nothing of a file with errors may be applied: what it does say may need what it does not. */
export interface Read {
  readonly resources: readonly LoadedResource[];
  /** In the order of the text. */
  readonly errors: readonly ManifestError[];
  /** Why a server would refuse some of the resources; in the order of the text. */
  readonly doubts: readonly ManifestError[];
}

/** Reads every object of `text`, the items of lists included. */
export function readManifests(text: string, file: string, options: ReadOptions = {}): Read {
  const { documents, errors: unread } = parseManifest(text, file);
  const resources: LoadedResource[] = [];
  const errors = [...unread];
  const doubts: ManifestError[] = [];
  for (const document of documents) {
    for (const found of objectsOf(document)) {
      const result = readObject(found, options);
      if (result === undefined) continue;
      if ("resource" in result) {
        resources.push(result);
        continue;
      }
      const isRead = options.doubtful === "read" && result.doubtful !== undefined;
      if (isRead && result.doubtful !== "no object") resources.push(result.doubtful);
      (isRead ? doubts : errors).push(...result.errors);
    }
  }
  return { resources, errors: errors.sort(byPlace), doubts: doubts.sort(byPlace) };
}

function byPlace(a: ManifestError, b: ManifestError): number {
  return a.line - b.line || a.column - b.column;
}

interface Refused {
  readonly errors: readonly ManifestError[];
  /**
   * The object as its kind's defaults make it, where its types are right; or that it claims to be
   * of no kind at all.
   */
  readonly doubtful?: LoadedResource | "no object";
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

function readObject(found: Found, options: ReadOptions): LoadedResource | Refused | undefined {
  const { value } = found;
  const refuse = (error: FieldError) => ({ errors: [errorIn(found, error)] });
  if (!isObject(value)) return refuse(wrongType("", value, "object"));
  const template = options.controllers === "as pods" ? templatedPod(value) : undefined;
  if (template) return readAs(pod, template.pod, found, options, template.writtenAt);
  const identity = identify(value);
  if (identity.is === "foreign" && options.unknownKinds === "skip") return undefined;
  if (identity.is !== "known") {
    const claimsNothing = value.apiVersion === undefined && value.kind === undefined;
    return { ...refuse(identity.error), ...(claimsNothing && { doubtful: "no object" }) };
  }
  const { kind } = identity;
  const result = readAs(kind, value, found, options);
  const mended = "errors" in result ? mend(kind, value) : undefined;
  if (!mended) return result;
  const misplaced = errorIn(found, { field: mended.path, message: mended.message });
  const { namespace = "default" } = options;
  const afterwards = admit(kind, withNamespace(kind, mended.value, namespace));
  if (afterwards.admitted) return { errors: [{ ...misplaced, mended: mended.text }] };
  const others = afterwards.errors.map(({ field, message }) => {
    const written = { field: mended.writtenAt(field), message };
    return { ...errorIn(found, written), path: field };
  });
  return { errors: [misplaced, ...others] };
}

/** `writtenAt` tells where in the object that was found a field of `value` is written. */
function readAs(
  kind: ResourceKind,
  value: JsonObject,
  found: Found,
  { namespace = "default" }: ReadOptions,
  writtenAt: (path: string) => string = (path) => path,
): LoadedResource | Refused {
  const { document, at } = found;
  const lineOf = (path: string): number => document.lineOf(join(at, writtenAt(path)));
  const loaded = (resource: AnyResource): LoadedResource => {
    return { resource, kind, document, line: lineOf(""), lineOf };
  };
  const given = withNamespace(kind, value, namespace);
  const admission = admit(kind, given);
  if (admission.admitted) return loaded(admission.resource);
  const errors = admission.errors.map(({ field, message }) =>
    errorIn(found, { field: writtenAt(field), message }),
  );
  const { object, isShaped } = shape(kind, given);
  if (!isShaped) return { errors };
  // Its types are those of the kind; what its values mean, conversion finds out.
  return { errors, doubtful: loaded(kind.withDefaults(object as Resource) as AnyResource) };
}

function errorIn(
  { document, at }: Found,
  { field: path, message }: Pick<FieldError, "field" | "message">,
): ManifestError {
  return { file: document.file, ...document.positionOf(join(at, path)), path, message };
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
