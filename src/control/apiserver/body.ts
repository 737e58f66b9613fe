/** Bodies of requests, by their media type. */

import { load } from "js-yaml";
import { reasonOf } from "../../core/text/reason.ts";
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

const DEPTH_AT_MOST = 100;

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
  try {
    return shallow(JSON.parse(body.toString("utf8")));
  } catch (error) {
    throw badRequest(`the body is not JSON that can be read: ${reasonOf(error)}`);
  }
}

/** YAML; JSON is that too, and is most of what comes. */
function parseYaml(body: Buffer): unknown {
  const text = body.toString("utf8");
  if (/^\s*\{/.test(text)) return parseJson(body);
  try {
    return shallow(load(text, { maxAliases: 100 }));
  } catch (error) {
    throw badRequest(`the body is not YAML that can be read: ${reasonOf(error)}`);
  }
}

/** The value itself, unless it is nested deeper than any object of ours could be. */
function shallow(value: unknown): unknown {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_AT_MOST) throw new Error(`it is nested more than ${DEPTH_AT_MOST} deep`);
    const objects = level.filter((each) => typeof each === "object" && each !== null);
    level = objects.flatMap((each) => Object.values(each));
  }
  return value;
}
