/**
 * Exact answers about all connections of a cluster: which of them pass, between whom, and by what.
 *
 * An answer is about connections whose destination nobody translates. Two addresses outside are let
 * pass: the cluster never sees their packets (evaluation.md §9).
 */
import type { Model } from "../model/model.ts";
import { type Address, compareAddresses, type Family, formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { Cluster } from "../verdict/cluster.ts";
import { passagesOf } from "../verdict/passage.ts";
import {
  classesOf,
  isNodeBound,
  type KnownClass,
  type PeerClass,
  type Relation,
  relationsOf,
} from "./classes.ts";
import type { ConnectionSet } from "./connection-set.ts";
import { Crossings, type Ground } from "./crossings.ts";
import { EndReader } from "./ends.ts";
import { judge, type Part, partsOf } from "./judge.ts";
import { type InsidePeer, insidePeers, nodeOf, type OutsidePeer, type Peer } from "./peers.ts";
import { SetTable } from "./set-table.ts";
import { Signatures } from "./signatures.ts";
import { representatives, unseen } from "./sorts.ts";
import { joined, type Term, TermReader } from "./terms.ts";
import type { Watch } from "./traversal.ts";
import { apartFromNets, isUnknown, UNKNOWN } from "./unknown-addresses.ts";

/** What may pass from every peer of one class to every other of another. */
export interface Cell {
  readonly from: PeerClass;
  readonly to: PeerClass;
  /** Which pairs it holds for, where the nodes of the peers matter. */
  readonly relation: Relation;
  readonly connections: ConnectionSet;
}

const FAMILIES: readonly Family[] = [4, 6];

/** Analyses a cluster. Pairs are judged when they are asked for, each sort of pair once. */
export function analyse(model: Model): Analysis {
  return new Analysis(model);
}

/** A cluster's answers. Peers that are passed in are those of `peers`. */
export class Analysis {
  /** Everyone: workloads and hosts by name, then ranges outside, IPv4 first. */
  readonly peers: readonly Peer[];
  readonly classes: readonly PeerClass[];
  /** The model that the answers are about: the given one, apart from what is not known. */
  readonly model: Model;
  readonly cluster: Cluster;
  readonly #nobodys: typeof UNKNOWN | undefined;
  readonly #known: readonly KnownClass[];
  readonly #classOf = new Map<Peer, KnownClass>();
  readonly #byAddress = new Map<string, InsidePeer>();
  readonly #outside: readonly OutsidePeer[];
  readonly #ground: Ground;
  readonly #crossings: Crossings;
  /** Policy then judges answers too, and only those of connections that every node lets pass. */
  readonly #hasUntracked: boolean;

  constructor(given: Model) {
    const model = apartFromNets(given);
    const nobodys = model === given ? undefined : UNKNOWN;
    const cluster = new Cluster(model);
    const ends = new EndReader(cluster);
    const terms = new TermReader();
    const inside = insidePeers(model, cluster);
    const asked = termsAround(cluster, ends, terms, inside);
    const taken = inside.map(({ address }) => address);
    const signed = (family: Family) => new Signatures(family, taken, asked, nobodys?.[family]);
    const signatures = { 4: signed(4), 6: signed(6) };
    this.model = model;
    this.#nobodys = nobodys;
    const known: KnownClass[] = [];
    for (const family of FAMILIES) {
      known.push(...classesOf(family, inside, signatures[family], ends, known.length));
    }
    this.cluster = cluster;
    this.#ground = { cluster, signatures, ends, terms, sets: new SetTable() };
    this.#crossings = new Crossings(this.#ground);
    this.#hasUntracked = model.policies.some(({ doNotTrack }) => doNotTrack);
    this.#known = known;
    this.classes = known;
    for (const one of known) for (const peer of one.peers) this.#classOf.set(peer, one);
    for (const peer of inside) this.#byAddress.set(formatAddress(peer.address), peer);
    this.#outside = known
      .flatMap(({ peers }) => peers)
      .filter((peer) => peer.kind === "outside")
      .sort((a, b) => compareAddresses(a.first, b.first));
    this.peers = [...inside, ...this.#outside];
  }

  /** Who has an address. */
  peerAt(address: Address): Peer {
    const peer = this.#byAddress.get(formatAddress(address)) ?? this.#outsideAt(address);
    if (!peer) throw new Error(`no range holds ${formatAddress(address)}`);
    return peer;
  }

  /** Reports whether an address is nobody's, and may be somebody's outside. */
  isOutside(address: Address): boolean {
    if (this.#nobodys && isUnknown(address)) return false;
    return !this.#byAddress.has(formatAddress(address));
  }

  classOf(peer: Peer): PeerClass {
    return this.#knownOf(peer);
  }

  /** How two peers lie to each other. */
  relationOf(from: Peer, to: Peer): Relation {
    if (from.kind === "outside" || to.kind === "outside") return "any";
    if (!isNodeBound(this.#knownOf(from), this.#knownOf(to))) return "any";
    return nodeOf(from) === nodeOf(to) ? "same node" : "different nodes";
  }

  /** The connections that pass from one peer to another, their answers too; none across families. */
  connections(from: Peer, to: Peer): ConnectionSet {
    const relation = this.relationOf(from, to);
    return this.#ground.sets.get(
      this.#crossings.allowed(this.#knownOf(from), this.#knownOf(to), relation),
    );
  }

  /** The same of any two peers of classes that lie so to each other. */
  connectionsBetween(from: PeerClass, to: PeerClass, relation: Relation): ConnectionSet {
    return this.#ground.sets.get(this.#crossings.allowed(this.#at(from), this.#at(to), relation));
  }

  /** Reports whether the connection that a flow begins passes. */
  has(flow: Flow): boolean {
    return this.connections(this.peerAt(flow.source), this.peerAt(flow.destination)).has(flow);
  }

  /**
   * All connections from one peer to another, told apart by their verdicts, which have the same
   * steps as those of `verdict`. No parts across families.
   */
  verdicts(from: Peer, to: Peer): readonly Part[] {
    if (from.address.family !== to.address.family) return [];
    const pair = { source: from.address, destination: to.address };
    return partsOf(judge(this.cluster, passagesOf(this.cluster, pair), pair));
  }

  /**
   * Who may connect to whom, by classes: every pair of peers of one family is in exactly one cell,
   * but a peer with itself and two peers outside are in none. Cells without connections are left out.
   */
  *cells(): Generator<Cell> {
    for (const [from, to, relation] of this.#pairs()) {
      const connections = this.#ground.sets.get(this.#crossings.allowed(from, to, relation));
      if (!connections.isEmpty) yield { from, to, relation, connections };
    }
  }

  /** Judges every sort of connection between two peers, and tells of the lists that were walked. */
  observe(watch: Watch): void {
    const pairs = this.#pairs();
    const telling = this.#hasUntracked ? pairs : unseen(pairs, this.#crossings);
    for (const [from, to, relation] of telling) {
      const pair = representatives(from, to, relation);
      judge(this.cluster, passagesOf(this.cluster, pair), pair, watch);
    }
  }

  *#pairs(): Generator<readonly [from: KnownClass, to: KnownClass, relation: Relation]> {
    for (const from of this.#known) {
      for (const to of this.#known) {
        if (from.family !== to.family || (!from.ends && !to.ends)) continue;
        for (const relation of relationsOf(from, to)) yield [from, to, relation];
      }
    }
  }

  #knownOf(peer: Peer): KnownClass {
    const found = this.#classOf.get(peer);
    if (!found) throw new Error("a peer of another analysis");
    return found;
  }

  #at({ index }: PeerClass): KnownClass {
    const found = this.#known[index];
    if (!found) throw new Error("a class of another analysis");
    return found;
  }

  #outsideAt(address: Address): OutsidePeer | undefined {
    return this.#outside.findLast(({ first }) => compareAddresses(first, address) <= 0);
  }
}

/** What any policy that peers meet asks of addresses. */
function termsAround(
  cluster: Cluster,
  ends: EndReader,
  reader: TermReader,
  inside: readonly InsidePeer[],
): ReadonlySet<Term> {
  const sections = new Set(inside.flatMap((peer) => ends.sectionsAt(peer)));
  const nodes = new Set(inside.map(nodeOf));
  const { source, destination } = joined(Array.from(sections, (one) => reader.ofSection(one)));
  const failsafes = Array.from(nodes, (node) => reader.ofFailsafes(cluster.configurationOf(node)));
  return new Set([...source, ...destination, ...failsafes.flatMap((terms) => [...terms])]);
}
