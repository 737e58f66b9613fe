/** Lists: of one namespace or all, selected, a page at a time, at one revision. */

import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { textAt } from "../../core/schema/json-object.ts";
import type { ListRange, Storage } from "../storage/storage.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";
import { badRequest, expired, resourceName } from "./status.ts";
import type { ListMeta } from "./table.ts";

/** What a list or a watch may ask, as its query says it. */
export interface Selection {
  readonly kind: ResourceKind;
  /** Absent: every namespace. */
  readonly namespace?: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

export interface ListQuery extends Selection {
  /** 0: no limit. */
  readonly limit: number;
  /** What the page before gave; "" for the first. */
  readonly continue: string;
  /** "", or a revision that is wanted as `resourceVersionMatch` says. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
}

export interface List {
  readonly objects: readonly Resource[];
  readonly metadata: ListMeta;
}

/** Whether an object is selected. */
export function selects(selection: Selection): (object: Resource) => boolean {
  const byLabels = parseLabelSelector(selection.labelSelector);
  const byFields = parseFieldSelector(selection.fieldSelector, selection.kind);
  return (object) => byLabels(object.metadata.labels) && byFields(object);
}

/** The page that is asked for; refuses as Expired what the change log no longer knows. */
export function listObjects(storage: Storage, query: ListQuery): List {
  const isSelective = query.labelSelector !== "" || query.fieldSelector !== "";
  const limit = query.limit > 0 ? query.limit : undefined;
  const page = storage.list({
    type: resourceName(query.kind),
    ...(query.namespace !== undefined && { namespace: query.namespace }),
    ...startOf(query),
    ...(limit !== undefined && !isSelective && { limit }),
  });
  if (page === "Expired") {
    throw expired(
      query.continue === ""
        ? `The resourceVersion for the provided list is too old: ${query.resourceVersion}`
        : "The provided continue parameter is too old; start the list again without it.",
    );
  }
  const found = isSelective ? page.objects.filter(selects(query)) : page.objects;
  const objects = found.slice(0, limit);
  const remaining = isSelective ? found.length - objects.length : page.remaining;
  const last = objects.at(-1);
  return {
    objects,
    metadata: {
      resourceVersion: String(page.revision),
      ...(last && remaining > 0 && { continue: formatToken(page.revision, last) }),
      ...(remaining > 0 && !isSelective && { remainingItemCount: remaining }),
    },
  };
}

function startOf(query: ListQuery): Pick<ListRange, "after" | "revision"> {
  if (query.continue !== "") return parseToken(query.continue);
  const { resourceVersion, resourceVersionMatch } = query;
  if (resourceVersionMatch !== "Exact") return {};
  return { revision: parseRevision(resourceVersion) };
}

/** A revision as clients send it back; refuses what the server never gave out. */
export function parseRevision(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badRequest(`invalid resource version: ${JSON.stringify(text)}`);
}

function formatToken(revision: number, last: Resource): string {
  const { namespace, name } = placeOf(last);
  return Buffer.from(JSON.stringify({ revision, namespace, name })).toString("base64url");
}

function parseToken(token: string): Pick<ListRange, "after" | "revision"> {
  try {
    const found: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    const namespace = textAt(found, "namespace");
    const name = textAt(found, "name");
    const { revision } = found as { readonly revision: unknown };
    if (namespace !== undefined && name !== undefined && typeof revision === "number") {
      return { revision, after: { namespace, name } };
    }
  } catch {
    // Refused below, like any other text that is no token of ours.
  }
  throw badRequest("continue key is not valid");
}

function placeOf(object: Resource): { readonly namespace: string; readonly name: string } {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}
