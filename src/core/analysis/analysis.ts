/**
 * Exact answers about all connections of a cluster: which of them pass, between whom, and by what.
 *
 * An answer is about connections whose destination nobody translates. Two addresses outside are let
 * pass: the cluster never sees their packets (evaluation.md §9).
 */
import { once } from "../calc/once.ts";
import type { Model } from "../model/model.ts";
import { type Address, compareAddresses, type Family, formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { Cluster } from "../verdict/cluster.ts";
import { type Passage, passagesOf } from "../verdict/passage.ts";
import {
  classesOf,
  isNodeBound,
  type KnownClass,
  type PeerClass,
  type Relation,
  relationsOf,
} from "./classes.ts";
import type { ConnectionSet } from "./connection-set.ts";
import { Crossing } from "./crossing.ts";
import { EndReader, type KeyedPassage } from "./ends.ts";
import { judge, type Part, partsOf } from "./judge.ts";
import { type InsidePeer, insidePeers, nodeOf, type OutsidePeer, type Peer } from "./peers.ts";
import { ALL, NONE, SetTable } from "./set-table.ts";
import { Signatures } from "./signatures.ts";
import { type Term, TermReader } from "./terms.ts";

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
  readonly cluster: Cluster;
  readonly #known: readonly KnownClass[];
  readonly #classOf = new Map<Peer, KnownClass>();
  readonly #byAddress = new Map<string, InsidePeer>();
  readonly #outside: readonly OutsidePeer[];
  readonly #signatures: Readonly<Record<Family, Signatures>>;
  readonly #terms = new TermReader();
  readonly #ends: EndReader;
  readonly #sets = new SetTable();
  readonly #crossings = new Map<string, Crossing>();
  readonly #within = new Map<number, readonly Crossing[]>();

  constructor(model: Model) {
    this.cluster = new Cluster(model);
    this.#ends = new EndReader(this.cluster);
    const inside = insidePeers(model, this.cluster);
    const taken = inside.map(({ address }) => address);
    const terms = this.#everyTerm(inside);
    this.#signatures = { 4: new Signatures(4, taken, terms), 6: new Signatures(6, taken, terms) };
    const known: KnownClass[] = [];
    for (const family of FAMILIES) {
      const signatures = this.#signatures[family];
      known.push(...classesOf(family, inside, signatures, this.#ends, known.length));
    }
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
    return this.#sets.get(this.#allowed(this.#knownOf(from), this.#knownOf(to), relation));
  }

  /** The same of any two peers of classes that lie so to each other. */
  connectionsBetween(from: PeerClass, to: PeerClass, relation: Relation): ConnectionSet {
    return this.#sets.get(this.#allowed(this.#at(from), this.#at(to), relation));
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
    for (const from of this.#known) {
      for (const to of this.#known) {
        if (from.family !== to.family || (!from.ends && !to.ends)) continue;
        for (const relation of relationsOf(from, to)) {
          const number = this.#allowed(from, to, relation);
          if (number !== NONE) yield { from, to, relation, connections: this.#sets.get(number) };
        }
      }
    }
  }

  #allowed(from: KnownClass, to: KnownClass, relation: Relation): number {
    if (from.family !== to.family) return NONE;
    if (relation === "same node") return this.#withinNode(from, to);
    const departure = from.ends && this.#crossing(from.family, from.ends.departure);
    const arrival = to.ends && this.#crossing(to.family, to.ends.arrival);
    return this.#sets.intersect(
      departure?.allowed(from.signature, to.signature) ?? ALL,
      arrival?.allowed(from.signature, to.signature) ?? ALL,
    );
  }

  #withinNode(from: KnownClass, to: KnownClass): number {
    const crossings = once(this.#within, from.index * this.#known.length + to.index, () =>
      this.#passagesWithin(from, to).map((passage) =>
        this.#crossing(from.family, { passage, key: this.#ends.keyOf(passage) }),
      ),
    );
    return crossings
      .map((crossing) => crossing.allowed(from.signature, to.signature))
      .reduce((a, b) => this.#sets.intersect(a, b), ALL);
  }

  /** The passages of packets between two peers of the classes on one node. */
  #passagesWithin(from: KnownClass, to: KnownClass): readonly Passage[] {
    const [node = ""] = Array.from(from.nodes.keys()).filter((one) => to.nodes.has(one));
    const isThere = (peer: Peer) => peer.kind !== "outside" && nodeOf(peer) === node;
    const [source, destination] = [from.peers.find(isThere), to.peers.find(isThere)];
    if (!source || !destination) throw new Error("the classes have no node in common");
    return passagesOf(this.cluster, { source: source.address, destination: destination.address });
  }

  #crossing(family: Family, { key, passage }: KeyedPassage): Crossing {
    return once(this.#crossings, `${family} ${key}`, () => {
      const signatures = this.#signatures[family];
      return new Crossing(this.cluster, passage, signatures, this.#terms, this.#sets);
    });
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

  /** What any policy that peers meet asks of addresses. */
  #everyTerm(inside: readonly InsidePeer[]): ReadonlySet<Term> {
    const sections = new Set(inside.flatMap((peer) => this.#ends.sectionsAt(peer)));
    const nodes = new Set(inside.map(nodeOf));
    const terms = new Set<Term>();
    for (const section of sections) {
      const { source, destination } = this.#terms.ofSection(section);
      for (const term of [...source, ...destination]) terms.add(term);
    }
    for (const node of nodes) {
      const failsafes = this.#terms.ofFailsafes(this.cluster.configurationOf(node));
      for (const term of failsafes) terms.add(term);
    }
    return terms;
  }
}
