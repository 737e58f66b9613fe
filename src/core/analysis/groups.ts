/** Peers as people speak of them: workloads, namespaces, those with a label, and ranges outside. */
import { once } from "../calc/once.ts";
import type { Family } from "../net/address.ts";
import type { Owner } from "../resources/pod-template.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Analysis } from "./analysis.ts";
import type { PeerClass } from "./classes.ts";
import { type InsidePeer, nodeOf, type Peer, peerName } from "./peers.ts";
import { ownerName } from "./placement.ts";

/** By what workloads are put together; `class` is those that policy treats alike. */
export type Grouping =
  | { readonly by: "workload" }
  | { readonly by: "namespace" }
  | { readonly by: "class" }
  | { readonly by: "label"; readonly key: string };

/** Who runs a pod, by `namespace/name`. */
export type Owners = ReadonlyMap<string, Owner>;

/** Peers that are spoken of as one. */
export interface Group {
  /** `namespace/name[Kind]`, `name[Namespace]`, `key=value`, `key is absent`; of a class the first workload. */
  readonly name: string;
  /** The workloads and hosts that are in it, sorted. */
  readonly members: readonly string[];
  /** One for each sort of peer that is in it, as far as nodes do not matter. */
  readonly sorts: readonly Sort[];
  /** One for each sort on each node. */
  readonly sortsByNode: readonly Sort[];
  /** Whether it matters to some of its peers who else is on their node. */
  readonly isNodeBound: boolean;
}

/** Peers of a group that cannot be told apart by what passes. */
export interface Sort {
  /** Equal for the same sort in other groups. */
  readonly key: string;
  readonly family: Family;
  readonly peerClass: PeerClass;
  /** Whether it matters who else is on the same node. */
  readonly isNodeBound: boolean;
  readonly member: string;
  readonly peer: Peer;
  /** A peer of another member, for what passes within. */
  readonly other: { readonly member: string; readonly peer: Peer } | undefined;
}

/** The workloads and hosts of a cluster in groups, by name. Nobody is in two. */
export function groupsOf(analysis: Analysis, owners: Owners, grouping: Grouping): Group[] {
  const groups = new Map<string, Growing>();
  const shapes = grouping.by === "class" ? shapesOf(analysis, owners) : undefined;
  for (const peer of analysis.peers) {
    if (peer.kind === "outside") continue;
    const member = memberName(peer, owners);
    const name = shapes?.get(member) ?? groupName(peer, member, grouping);
    const group = once(groups, name, () => {
      return { members: new Set(), sorts: new Map(), sortsByNode: new Map() };
    });
    group.members.add(member);
    const { index } = analysis.classOf(peer);
    addSort(group.sorts, `${index}`, analysis, peer, member);
    addSort(group.sortsByNode, `${index}/${nodeOf(peer)}`, analysis, peer, member);
  }
  return Array.from(groups, ([name, { members, sorts, sortsByNode }]): Group => {
    const own = [...members].sort(compareBytes);
    return {
      name: (grouping.by === "class" && own[0]) || name,
      members: own,
      sorts: [...sorts.values()],
      sortsByNode: [...sortsByNode.values()],
      isNodeBound: Array.from(sorts.values()).some((sort) => sort.isNodeBound),
    };
  }).sort((a, b) => compareBytes(a.name, b.name));
}

interface Growing {
  readonly members: Set<string>;
  readonly sorts: Map<string, Mutable>;
  readonly sortsByNode: Map<string, Mutable>;
}

type Mutable = { -readonly [K in keyof Sort]: Sort[K] };

function addSort(
  sorts: Map<string, Mutable>,
  key: string,
  analysis: Analysis,
  peer: InsidePeer,
  member: string,
): void {
  const sort = once(sorts, key, () => {
    const { family } = peer.address;
    const peerClass = analysis.classOf(peer);
    const isNodeBound = analysis.relationOf(peer, peer) !== "any";
    return { key, family, peerClass, isNodeBound, member, peer, other: undefined };
  });
  if (sort.member !== member) sort.other ??= { member, peer };
}

/** `namespace/name[Kind]` of what runs a pod, `name[Node]` of a host, `first-last` outside. */
export function memberName(peer: Peer, owners: Owners): string {
  if (peer.kind === "outside") return peerName(peer);
  if (peer.kind === "host") return `${peer.node}[Node]`;
  const { namespace, name } = peer.endpoint;
  const owner = owners.get(`${namespace}/${name}`);
  return ownerName(owner ?? { kind: "WorkloadEndpoint", namespace, name });
}

function groupName(peer: InsidePeer, member: string, by: Grouping): string {
  if (by.by === "workload" || by.by === "class" || peer.kind === "host") return member;
  if (by.by === "namespace") return `${peer.endpoint.namespace}[Namespace]`;
  const value = peer.endpoint.labels.get(by.key);
  return value === undefined ? `${by.key} is absent` : `${by.key}=${value}`;
}

/** For every workload a text that those have in common whose peers are of the same sorts. */
function shapesOf(analysis: Analysis, owners: Owners): Map<string, string> {
  const shapes = new Map<string, Set<string>>();
  for (const peer of analysis.peers) {
    if (peer.kind === "outside") continue;
    const classes = once(shapes, memberName(peer, owners), () => new Set());
    classes.add(`${analysis.classOf(peer).index}`);
  }
  return new Map(Array.from(shapes, ([member, keys]) => [member, [...keys].sort().join(",")]));
}
