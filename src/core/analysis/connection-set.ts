/**
 * Sets of connections between two given addresses: which protocols, ports and ICMP messages.
 *
 * A connection is here what its first packet is beside its addresses (net/flow.ts): protocol with
 * source and destination port, ICMP or ICMPv6 message, or just the protocol. The form is canonical,
 * so that equal sets print alike.
 */
import type { Family } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { hasPorts, ICMP, ICMPV6, icmpOf, SCTP, TCP, UDP } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import { PortGrid, type PortRow } from "./port-grid.ts";

type Packet = Pick<Flow, "protocol" | "sourcePort" | "destinationPort" | "icmp">;

/** A set by what tells its connections apart. */
interface Parts {
  readonly tcp: PortGrid;
  readonly udp: PortGrid;
  readonly sctp: PortGrid;
  /** Messages as type * 256 + code. */
  readonly icmp: PortSet;
  readonly icmpv6: PortSet;
  /** The numbers of the other protocols that are in the set. */
  readonly others: PortSet;
}

const OTHERS = [TCP, UDP, SCTP, ICMP, ICMPV6].reduce(
  (left, protocol) => left.subtract(PortSet.range(protocol)),
  PortSet.range(0, 255),
);

const NOTHING: Parts = {
  tcp: PortGrid.none,
  udp: PortGrid.none,
  sctp: PortGrid.none,
  icmp: PortSet.none,
  icmpv6: PortSet.none,
  others: PortSet.none,
};

const EVERYTHING: Parts = {
  tcp: PortGrid.all,
  udp: PortGrid.all,
  sctp: PortGrid.all,
  icmp: PortSet.all,
  icmpv6: PortSet.all,
  others: OTHERS,
};

/** An immutable set of connections. */
export class ConnectionSet {
  static readonly none = new ConnectionSet(NOTHING);
  static readonly all = new ConnectionSet(EVERYTHING);

  readonly parts: Parts;
  #text: string | undefined;

  private constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Everything of a protocol, by number. */
  static ofProtocol(protocol: number): ConnectionSet {
    const part = partOf(protocol);
    const whole = part === "others" ? PortSet.range(protocol) : EVERYTHING[part];
    return new ConnectionSet({ ...NOTHING, [part]: whole });
  }

  /** Connections of TCP, UDP or SCTP; none of a protocol without ports. */
  static ofPorts(protocol: number, { sources, destinations }: PortRow): ConnectionSet {
    if (!hasPorts(protocol)) return ConnectionSet.none;
    return made({ ...NOTHING, [partOf(protocol)]: PortGrid.of({ sources, destinations }) });
  }

  /** Messages of a family's own ICMP, each as type * 256 + code. */
  static ofMessages(family: Family, messages: PortSet): ConnectionSet {
    return made({ ...NOTHING, [partOf(icmpOf(family))]: messages });
  }

  static union(sets: Iterable<ConnectionSet>): ConnectionSet {
    let whole = ConnectionSet.none;
    for (const set of sets) whole = whole.union(set);
    return whole;
  }

  get isEmpty(): boolean {
    return this === ConnectionSet.none;
  }

  get isAll(): boolean {
    return this === ConnectionSet.all;
  }

  /** Reports whether a flow between the two addresses is in the set. */
  has({ protocol, sourcePort = 0, destinationPort = 0, icmp }: Packet): boolean {
    const part = partOf(protocol);
    if (part === "others") return this.parts.others.has(protocol);
    if (part === "icmp" || part === "icmpv6") {
      return icmp !== undefined && this.parts[part].has(icmp.type * 256 + icmp.code);
    }
    return this.parts[part].has(sourcePort, destinationPort);
  }

  union(other: ConnectionSet): ConnectionSet {
    if (this === other || this.isAll || other.isEmpty) return this;
    if (other.isAll || this.isEmpty) return other;
    return this.#combine(other, "union");
  }

  intersect(other: ConnectionSet): ConnectionSet {
    if (this === other || this.isEmpty || other.isAll) return this;
    if (other.isEmpty || this.isAll) return other;
    return this.#combine(other, "intersect");
  }

  subtract(other: ConnectionSet): ConnectionSet {
    if (this === other || other.isAll) return ConnectionSet.none;
    if (this.isEmpty || other.isEmpty) return this;
    return this.#combine(other, "subtract");
  }

  complement(): ConnectionSet {
    return ConnectionSet.all.subtract(this);
  }

  equals(other: ConnectionSet): boolean {
    return this === other || this.toString() === other.toString();
  }

  /** Reports whether every connection of `other` is in this set. */
  covers(other: ConnectionSet): boolean {
    return other.subtract(this).isEmpty;
  }

  /**
   * The connections whose first answer is a packet of this set: ports the other way round, echo
   * requests for echo replies with code 0. Other messages of ICMP are not answered.
   */
  answered(): ConnectionSet {
    const { tcp, udp, sctp, icmp, icmpv6, others } = this.parts;
    return made({
      tcp: tcp.transposed(),
      udp: udp.transposed(),
      sctp: sctp.transposed(),
      icmp: icmp.has(ECHO_REPLY) ? ECHO_REQUESTS : PortSet.none,
      icmpv6: icmpv6.has(ECHO_REPLY_V6) ? ECHO_REQUESTS_V6 : PortSet.none,
      others,
    });
  }

  /** Canonical text for comparing and for keys; `formatConnections` writes for people. */
  toString(): string {
    const { tcp, udp, sctp, icmp, icmpv6, others } = this.parts;
    this.#text ??= [tcp, udp, sctp, icmp, icmpv6, others].join("/");
    return this.#text;
  }

  #combine(other: ConnectionSet, operation: Operation): ConnectionSet {
    const [a, b] = [this.parts, other.parts];
    return made({
      tcp: combined(a.tcp, b.tcp, operation),
      udp: combined(a.udp, b.udp, operation),
      sctp: combined(a.sctp, b.sctp, operation),
      icmp: combined(a.icmp, b.icmp, operation),
      icmpv6: combined(a.icmpv6, b.icmpv6, operation),
      others: combined(a.others, b.others, operation),
    });
  }

  /** The set of these parts; nothing and everything are one object each. */
  static fromParts(parts: Parts): ConnectionSet {
    if (isNothing(parts)) return ConnectionSet.none;
    return isEverything(parts) ? ConnectionSet.all : new ConnectionSet(parts);
  }
}

const made = ConnectionSet.fromParts;

type Operation = "union" | "intersect" | "subtract";

/** What the parts of a set have in common. */
interface Combinable<T> extends Record<Operation, (other: T) => T> {
  readonly isEmpty: boolean;
}

/** Most parts of most sets are all or nothing: those are not gone through. */
function combined<T extends Combinable<T>>(a: T, b: T, operation: Operation): T {
  if (operation === "subtract") return a.isEmpty || b.isEmpty ? a : a.subtract(b);
  if (a === b) return a;
  if (a.isEmpty || b.isEmpty) return a.isEmpty === (operation === "union") ? b : a;
  return a[operation](b);
}

const ECHO_REPLY = 0;
const ECHO_REQUESTS = PortSet.range(8 * 256, 8 * 256 + 255);
const ECHO_REPLY_V6 = 129 * 256;
const ECHO_REQUESTS_V6 = PortSet.range(128 * 256, 128 * 256 + 255);

function isNothing({ tcp, udp, sctp, icmp, icmpv6, others }: Parts): boolean {
  const grids = tcp.isEmpty && udp.isEmpty && sctp.isEmpty;
  return grids && icmp.isEmpty && icmpv6.isEmpty && others.isEmpty;
}

function isEverything({ tcp, udp, sctp, icmp, icmpv6, others }: Parts): boolean {
  const messages = icmp.equals(PortSet.all) && icmpv6.equals(PortSet.all);
  return messages && tcp.isAll && udp.isAll && sctp.isAll && others.equals(OTHERS);
}

function partOf(protocol: number): keyof Parts {
  switch (protocol) {
    case TCP:
      return "tcp";
    case UDP:
      return "udp";
    case SCTP:
      return "sctp";
    case ICMP:
      return "icmp";
    case ICMPV6:
      return "icmpv6";
    default:
      return "others";
  }
}
