/** Bodies of requests, by their media type. */

import { parseManifest } from "../../core/manifest/parse.ts";
import { reasonOf } from "../../core/text/reason.ts";
import { shorten } from "../../core/text/shorten.ts";
import { shallow } from "./depth.ts";
import { duplicateField } from "./duplicate-field.ts";
import { decodeProtobuf, PROTOBUF } from "./protobuf.ts";
import { badRequest, unsupportedMediaType } from "./status.ts";

const OBJECTS = ["application/json", "application/yaml", PROTOBUF];

/** The patches that PATCH knows, by the media type of the body. */
export const PATCH_TYPES = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
} as const;

export type PatchType = (typeof PATCH_TYPES)[keyof typeof PATCH_TYPES];

/** The media type alone, without parameters. */
function mediaType(header: string | undefined): string {
  return (header ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The object that a body holds; undefined when it is empty. */
export function parseBody(body: unknown, contentType: string | undefined): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  switch (mediaType(contentType)) {
    case "":
    case "application/json":
      return parseJson(body);
    case "application/yaml":
      return parseYaml(body);
    case PROTOBUF:
      return decodeProtobuf(body);
    default:
      throw unsupportedMediaType(mediaType(contentType), OBJECTS);
  }
}

/** A patch and its type, of those that are `allowed`. */
export function parsePatch(
  body: unknown,
  contentType: string | undefined,
  allowed: readonly PatchType[],
): { readonly type: PatchType; readonly patch: unknown } {
  const found = mediaType(contentType);
  const entry = Object.entries(PATCH_TYPES).find(([name]) => name === found);
  if (!entry || !allowed.includes(entry[1])) {
    const wanted = Object.entries(PATCH_TYPES).filter(([, type]) => allowed.includes(type));
    throw unsupportedMediaType(
      found,
      wanted.map(([name]) => name),
    );
  }
  if (!Buffer.isBuffer(body) || body.length === 0) throw badRequest("the patch is empty");
  const [, type] = entry;
  return { type, patch: type === "apply" ? parseYaml(body) : parseJson(body) };
}

function parseJson(body: Buffer): unknown {
  const text = body.toString("utf8");
  let value: unknown;
  try {
    value = shallow(JSON.parse(text));
  } catch (error) {
    throw badRequest(`the body is not JSON that can be read: ${reasonOf(error)}`);
  }
  const twice = duplicateField(text);
  if (twice === undefined) return value;
  throw badRequest(`strict decoding error: duplicate field ${JSON.stringify(shorten(twice))}`);
}

/** One document of YAML; JSON is that too, and is most of what comes. */
function parseYaml(body: Buffer): unknown {
  const text = body.toString("utf8");
  if (/^\s*\{/.test(text)) return parseJson(body);
  const { documents, errors } = parseManifest(text, "");
  const [first, ...more] = documents;
  const problems = errors.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  if (more.length > 0) problems.push(`it holds ${documents.length} documents instead of one`);
  if (problems.length === 0) return first?.value;
  throw badRequest(`the body is not YAML that can be read: ${problems.join("; ")}`);
}
