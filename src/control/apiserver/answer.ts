/** Answers in the form that the client prefers: objects, metadata alone, or tables. */

import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import type { List } from "./list.ts";
import { notAcceptable, type Status } from "./status.ts";
import { type IncludeObject, type ListMeta, partialObject, table } from "./table.ts";
import type { WatchEvent } from "./watch.ts";

/** How objects are written. */
export type Form = "Object" | "Table" | "PartialObjectMetadata";

export interface AnswerOptions {
  readonly kind: ResourceKind;
  readonly form: Form;
  readonly include: IncludeObject;
  /** The time, in milliseconds. */
  readonly now: number;
}

/** The first form of an Accept header that can be had; refuses a client that wants none of them. */
export function negotiate(accept: string | undefined): Form {
  if (accept === undefined || accept.trim() === "") return "Object";
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    if (!["application/json", "application/*", "*/*"].includes(type.toLowerCase())) continue;
    const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice("as=".length);
    const version = parameters.find((parameter) => parameter.startsWith("v="))?.slice("v=".length);
    if (as === undefined) return "Object";
    if (version !== undefined && version !== "v1") continue;
    if (as === "Table") return "Table";
    if (as.startsWith("PartialObjectMetadata")) return "PartialObjectMetadata";
  }
  throw notAcceptable();
}

export function answerObject(object: Resource, options: AnswerOptions): object {
  const { resourceVersion = "" } = object.metadata;
  if (options.form === "Table") return tableOf([object], { resourceVersion }, options, true);
  return options.form === "Object" ? object : partialObject(object);
}

export function answerList({ objects, metadata }: List, options: AnswerOptions): object {
  if (options.form === "Table") return tableOf(objects, metadata, options, true);
  if (options.form === "Object") {
    const { kind } = options;
    return {
      kind: `${kind.kind}List`,
      apiVersion: apiVersionOf(kind),
      metadata,
      items: objects,
    };
  }
  return {
    kind: "PartialObjectMetadataList",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    items: objects.map(partialObject),
  };
}

/** One line of a watch; of tables, only the first that has rows defines the columns. */
export function answerEvent(event: WatchEvent, options: AnswerOptions, first: boolean): string {
  return `${JSON.stringify({ type: event.type, object: eventObject(event, options, first) })}\n`;
}

function eventObject(
  event: WatchEvent,
  options: AnswerOptions,
  first: boolean,
): Resource | Status | object {
  if (event.type === "ERROR" || options.form === "Object") return event.object;
  if (options.form === "PartialObjectMetadata") return partialObject(event.object);
  const { resourceVersion = "" } = event.object.metadata;
  const objects = event.type === "BOOKMARK" ? [] : [event.object];
  return tableOf(objects, { resourceVersion }, options, first);
}

function tableOf(
  objects: readonly Resource[],
  metadata: ListMeta,
  { kind, include, now }: AnswerOptions,
  columns: boolean,
): object {
  return table(kind, objects, metadata, { include, columns, now });
}
