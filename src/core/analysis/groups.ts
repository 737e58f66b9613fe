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
  /** One for each sort of peer that is in it. */
  readonly sorts: readonly Sort[];
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
  const groups = new Map<string, Map<string, Mutable>>();
  const members = new Map<string, Set<string>>();
  const shapes = grouping.by === "class" ? shapesOf(analysis, owners) : undefined;
  for (const peer of analysis.peers) {
    if (peer.kind === "outside") continue;
    const member = memberName(peer, owners);
    const name = shapes?.get(member) ?? groupName(peer, member, grouping);
    once(members, name, () => new Set<string>()).add(member);
    const sorts = once(groups, name, () => new Map<string, Mutable>());
    const key = sortKey(analysis, peer);
    const sort = once(sorts, key, () => {
      const { family } = peer.address;
      const peerClass = analysis.classOf(peer);
      const isNodeBound = isBound(analysis, peer);
      return { key, family, peerClass, isNodeBound, member, peer, other: undefined };
    });
    if (sort.member !== member) sort.other ??= { member, peer };
  }
  return Array.from(groups, ([name, sorts]): Group => {
    const own = [...(members.get(name) ?? [])].sort(compareBytes);
    const isClass = grouping.by === "class";
    return { name: (isClass && own[0]) || name, members: own, sorts: [...sorts.values()] };
  }).sort((a, b) => compareBytes(a.name, b.name));
}

type Mutable = { -readonly [K in keyof Sort]: Sort[K] };

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
    once(shapes, memberName(peer, owners), () => new Set()).add(sortKey(analysis, peer));
  }
  return new Map(Array.from(shapes, ([member, keys]) => [member, [...keys].sort().join(",")]));
}

function sortKey(analysis: Analysis, peer: InsidePeer): string {
  const { index } = analysis.classOf(peer);
  return isBound(analysis, peer) ? `${index}/${nodeOf(peer)}` : `${index}`;
}

function isBound(analysis: Analysis, peer: InsidePeer): boolean {
  return analysis.relationOf(peer, peer) !== "any";
}
