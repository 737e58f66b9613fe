/** Who reaches whom, as JSON. */

import { ConnectionSet } from "../../core/analysis/connection-set.ts";
import { type ConnectionsJson, connectionsJson } from "../../core/analysis/format.ts";
import type { Group } from "../../core/analysis/groups.ts";
import type { Reached } from "../../core/analysis/reach.ts";
import { once } from "../../core/calc/once.ts";
import { SCTP, TCP, UDP } from "../../core/net/protocol.ts";
import { PortSet } from "../../core/sets/port-set.ts";

/** The lines of one object, `connections` before `classes`; these are there where groups are classes. */
export function* reachJson(rows: Iterable<Reached>, classes?: readonly Group[]): Generator<string> {
  // There are many rows: what they begin and end with is written once.
  const beginnings = new Map<string, string>();
  const begun = (from: string) => `{"from":${JSON.stringify(from)},"to":`;
  const middles = new Map<string, string>();
  const quoted = (to: string) => `${JSON.stringify(to)},"connections":`;
  const ends = new Map<ConnectionSet, string>();
  const ended = (set: ConnectionSet) => `${JSON.stringify(reachableJson(set))}}`;
  yield '{"connections":[';
  let last: string | undefined;
  for (const { from, to, connections } of rows) {
    if (last !== undefined) yield `${last},`;
    const beginning = once(beginnings, from, begun);
    last = beginning + once(middles, to, quoted) + once(ends, connections, ended);
  }
  if (last !== undefined) yield last;
  yield classes ? "]," : "]}";
  if (!classes) return;
  const members = classes.map(({ name, members: all }) => [name, all] as const);
  yield `"classes":${JSON.stringify(Object.fromEntries(members))}}`;
}

/** The set as JSON, without port 0, on which nobody can be reached. */
export function reachableJson(set: ConnectionSet): ConnectionsJson {
  return connectionsJson(set.isAll ? set : set.subtract(PORT_ZERO));
}

const PORT_ZERO = ConnectionSet.union(
  [TCP, UDP, SCTP].map((protocol) =>
    ConnectionSet.ofPorts(protocol, { sources: PortSet.all, destinations: PortSet.range(0) }),
  ),
);
