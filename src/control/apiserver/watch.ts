/** Watches: the changes of a selection, from a revision on, as the events of the API. */

import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { atRevision, type Change, type Storage } from "../storage/storage.ts";
import { listObjects, parseRevision, type Selection, selects } from "./list.ts";
import { expired, resourceName, type Status } from "./status.ts";

export interface WatchQuery extends Selection {
  /** "" and "0": the state of now comes first, as objects that are added. */
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  /** Absent: as the resource version says. */
  readonly sendInitialEvents?: boolean;
}

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"; readonly object: Resource }
  | { readonly type: "ERROR"; readonly object: Status };

/** A watch under way. */
export interface Watch {
  /** An event that says up to which revision everything has been told. */
  readonly bookmark: () => WatchEvent;
  readonly stop: () => void;
}

/**
 * Tells `emit` of the past synchronously, then of each write as it is committed, until stopped.
 * Undefined, after an ERROR event, when the log no longer reaches back that far.
 */
export function watchObjects(
  storage: Storage,
  query: WatchQuery,
  emit: (events: readonly WatchEvent[]) => void,
): Watch | undefined {
  const { kind, namespace } = query;
  const type = resourceName(kind);
  const isSelected = selects(query);
  const eventsOf = (changes: readonly Change[]): WatchEvent[] =>
    changes.flatMap(({ key, revision, object, previous }): WatchEvent[] => {
      if (key.type !== type || (namespace !== undefined && key.namespace !== namespace)) return [];
      const is = object !== undefined && isSelected(object);
      const was = previous !== undefined && isSelected(previous);
      if (is) return [{ type: was ? "MODIFIED" : "ADDED", object }];
      return was ? [{ type: "DELETED", object: atRevision(previous, revision) }] : [];
    });
  const bookmark = (annotations?: Readonly<Record<string, string>>): WatchEvent => ({
    type: "BOOKMARK",
    object: {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: {
        name: "",
        resourceVersion: String(storage.revision),
        ...(annotations && { annotations }),
      },
    },
  });
  const hasStart = query.resourceVersion !== "" && query.resourceVersion !== "0";
  if (query.sendInitialEvents ?? !hasStart) {
    const { objects } = listObjects(storage, { ...query, ...EVERYTHING });
    emit(objects.map((object) => ({ type: "ADDED", object })));
    if (query.sendInitialEvents && query.bookmarks) emit([bookmark(INITIAL_EVENTS_END)]);
  } else if (hasStart) {
    const past = storage.changes(parseRevision(query.resourceVersion));
    if (past === "Expired") {
      const message = `too old resource version: ${query.resourceVersion} (now ${storage.revision})`;
      emit([{ type: "ERROR", object: expired(message).status }]);
      return undefined;
    }
    emit(eventsOf(past));
  }
  const stop = storage.subscribe((changes) => {
    const events = eventsOf(changes);
    if (events.length > 0) emit(events);
  });
  return { bookmark: () => bookmark(), stop };
}

const EVERYTHING = { limit: 0, continue: "", resourceVersion: "", resourceVersionMatch: "" };
const INITIAL_EVENTS_END = { "k8s.io/initial-events-end": "true" };
