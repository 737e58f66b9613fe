/** Every way through the nodes of a cluster, each answered once. */
import { once } from "../calc/once.ts";
import type { Family } from "../net/address.ts";
import type { Cluster } from "../verdict/cluster.ts";
import { type Passage, passagesOf } from "../verdict/passage.ts";
import type { KnownClass, Relation } from "./classes.ts";
import { Crossing } from "./crossing.ts";
import type { EndReader, KeyedPassage } from "./ends.ts";
import { nodeOf, type Peer } from "./peers.ts";
import { ALL, NONE, type SetTable } from "./set-table.ts";
import type { Signatures } from "./signatures.ts";
import type { TermReader } from "./terms.ts";

/** What crossings are made of. */
export interface Ground {
  readonly cluster: Cluster;
  readonly signatures: Readonly<Record<Family, Signatures>>;
  readonly ends: EndReader;
  readonly terms: TermReader;
  readonly sets: SetTable;
}

/** The crossings of a cluster, made when they are first asked for. */
export class Crossings {
  readonly #ground: Ground;
  readonly #crossings = new Map<string, Crossing>();
  /** By the index of the class. */
  readonly #departures: (Crossing | undefined)[] = [];
  readonly #arrivals: (Crossing | undefined)[] = [];
  readonly #within = new Map<string, readonly Crossing[]>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** The number of the set of connections that pass between peers of classes that lie so. */
  allowed(from: KnownClass, to: KnownClass, relation: Relation): number {
    if (from.family !== to.family) return NONE;
    if (relation !== "same node") {
      // Every pair comes here: no list is made of the two.
      return this.#ground.sets.intersect(
        this.#departure(from)?.allowed(from.signature, to.signature) ?? ALL,
        this.#arrival(to)?.allowed(from.signature, to.signature) ?? ALL,
      );
    }
    return this.#withinNode(from, to)
      .map((crossing) => crossing.allowed(from.signature, to.signature))
      .reduce((a, b) => this.#ground.sets.intersect(a, b), ALL);
  }

  /** The crossings of packets between peers of one family whose classes lie so. */
  between(from: KnownClass, to: KnownClass, relation: Relation): readonly Crossing[] {
    if (relation === "same node") return this.#withinNode(from, to);
    return [this.#departure(from), this.#arrival(to)].filter((one) => one !== undefined);
  }

  #departure({ index, family, ends }: KnownClass): Crossing | undefined {
    const known = this.#departures[index];
    if (known || !ends) return known;
    const crossing = this.#crossing(family, ends.departure);
    this.#departures[index] = crossing;
    return crossing;
  }

  #arrival({ index, family, ends }: KnownClass): Crossing | undefined {
    const known = this.#arrivals[index];
    if (known || !ends) return known;
    const crossing = this.#crossing(family, ends.arrival);
    this.#arrivals[index] = crossing;
    return crossing;
  }

  #withinNode(from: KnownClass, to: KnownClass): readonly Crossing[] {
    return once(this.#within, `${from.index} ${to.index}`, () =>
      this.#passagesWithin(from, to).map((passage) =>
        this.#crossing(from.family, { passage, key: this.#ground.ends.keyOf(passage) }),
      ),
    );
  }

  /** The passages of packets between two peers of the classes on one node. */
  #passagesWithin(from: KnownClass, to: KnownClass): readonly Passage[] {
    const node = Array.from(from.nodes.keys()).find((one) => to.nodes.has(one));
    const isThere = (peer: Peer) => peer.kind !== "outside" && nodeOf(peer) === node;
    const [source, destination] = [from.peers.find(isThere), to.peers.find(isThere)];
    if (!source || !destination) throw new Error("the classes have no node in common");
    const pair = { source: source.address, destination: destination.address };
    return passagesOf(this.#ground.cluster, pair);
  }

  #crossing(family: Family, { key, passage }: KeyedPassage): Crossing {
    return once(this.#crossings, `${family} ${key}`, () => {
      const { cluster, signatures, terms, sets } = this.#ground;
      return new Crossing(cluster, passage, signatures[family], terms, sets);
    });
  }
}
