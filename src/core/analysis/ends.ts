/** What decides about connections of a peer beside its address: the policy at its node. */
import type { Configuration } from "../model/configuration.ts";
import type { HostInterface } from "../model/endpoint.ts";
import type { Direction } from "../model/policy.ts";
import { Numbering } from "../policy/numbering.ts";
import type { CompiledHostEndpoint, Section } from "../policy/policy.ts";
import type { Cluster, Place } from "../verdict/cluster.ts";
import { type End, LOOPBACK, type Passage, passagesBetween } from "../verdict/passage.ts";
import { type InsidePeer, nodeOf } from "./peers.ts";

/** How a peer's packets leave and reach it. Equal keys mean that the same policy is in the way. */
export interface Ends {
  readonly key: string;
  /** Whether it matters if the other peer is on the same node. */
  readonly isNodeBound: boolean;
  readonly departure: KeyedPassage;
  readonly arrival: KeyedPassage;
}

export interface KeyedPassage {
  readonly key: string;
  readonly passage: Passage;
}

const OUTSIDE: Place = { at: "outside" };

/** Tells which policy is at the ends of peers, and names it by short keys. */
export class EndReader {
  readonly #cluster: Cluster;
  readonly #sections = new Numbering<Section>();
  readonly #configurations = new Numbering<Configuration>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  of(peer: InsidePeer): Ends {
    const { family } = peer.address;
    const place = placeOf(peer);
    const [departure] = passagesBetween(this.#cluster, place, OUTSIDE, family);
    const [arrival] = passagesBetween(this.#cluster, OUTSIDE, place, family);
    if (!departure || !arrival) throw new Error("a peer of the cluster has no node");
    const loopback = peer.kind === "host" ? this.#hostKey(nodeOf(peer), LOOPBACK) : NOBODY;
    const [out, back] = [this.keyOf(departure), this.keyOf(arrival)];
    return {
      key: `${out} ${back} ${loopback}`,
      isNodeBound: peer.kind === "host" || this.#hasHostEndpoint(departure),
      departure: { key: out, passage: departure },
      arrival: { key: back, passage: arrival },
    };
  }

  /** Every section that packets of a peer may be judged by at its node, some of them never. */
  sectionsAt(peer: InsidePeer): readonly Section[] {
    const node = nodeOf(peer);
    const { family } = peer.address;
    const wire = peer.kind === "host" ? peer.interface : this.#cluster.uplinkOf(node, family);
    const compiled = (["workload", LOOPBACK, wire] as const)
      .map((face) => this.#cluster.hostEndpoint(node, face))
      .filter((found) => found !== undefined);
    const hosts = compiled.flatMap(sectionsOf);
    if (peer.kind === "host") return hosts;
    const { endpoint } = peer;
    const own = (["ingress", "egress"] as const).map((one) =>
      this.#cluster.workload(endpoint, one),
    );
    return [...own, ...hosts];
  }

  /** Equal for passages with the same policy, whoever is at their ends. */
  keyOf({ node, entry, exit }: Passage): string {
    const configuration = this.#configurations.keyOf([this.#cluster.configurationOf(node)]);
    const hosts = `${this.#hostAt(node, entry)}>${this.#hostAt(node, exit)}`;
    // Only host endpoints ask answers, which workloads then see the other way.
    const isOneWay = hosts === `${NOBODY}>${NOBODY}`;
    const from = this.#workloadKey(entry, isOneWay ? ["egress"] : ["egress", "ingress"]);
    const to = this.#workloadKey(exit, isOneWay ? ["ingress"] : ["egress", "ingress"]);
    return `${configuration} ${hosts} ${from}>${to}`;
  }

  #workloadKey(end: End, asked: readonly Direction[]): string {
    if (end.at !== "workload") return end.at;
    const { endpoint } = end;
    return this.#sections.keyOf(asked.map((one) => this.#cluster.workload(endpoint, one)));
  }

  #hostAt(node: string, end: End): string {
    if (end.at === "host") return NOBODY;
    return this.#hostKey(node, end.at === "workload" ? "workload" : end.interface);
  }

  #hostKey(node: string, face: HostInterface | "workload"): string {
    const compiled = this.#cluster.hostEndpoint(node, face);
    return compiled ? this.#sections.keyOf(sectionsOf(compiled)) : NOBODY;
  }

  #hasHostEndpoint({ node, exit }: Passage): boolean {
    return this.#hostAt(node, exit) !== NOBODY || this.#hostKey(node, "workload") !== NOBODY;
  }
}

const NOBODY = "-";

/** Every section of a host endpoint, always in the same order. */
export function sectionsOf(compiled: CompiledHostEndpoint): readonly Section[] {
  const { normal, forward, untracked, preDNAT } = compiled;
  const bothWays = [normal, forward, untracked].flatMap(({ ingress, egress }) => [ingress, egress]);
  return [...bothWays, preDNAT.ingress];
}

function placeOf(peer: InsidePeer): Place {
  if (peer.kind === "host") return { at: "host", node: peer.node, interface: peer.interface };
  return { at: "workload", node: peer.endpoint.node, endpoint: peer.endpoint };
}
