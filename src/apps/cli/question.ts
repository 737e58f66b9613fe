/** A connection as a person asks about it, and as policy sees it. */
import { type EndpointPort, endpointName } from "../../core/model/endpoint.ts";
import type { Model } from "../../core/model/model.ts";
import { type Address, type Family, formatAddress } from "../../core/net/address.ts";
import type { Flow, IcmpMessage } from "../../core/net/flow.ts";
import { hasPorts, ICMP, ICMPV6, icmpOf, parseProtocol } from "../../core/net/protocol.ts";
import { usage } from "./exit.ts";
import { type Peer, PeerNames } from "./peer-names.ts";

export interface Question {
  /** `namespace/name` of a pod or VM, an address, or a host's name. */
  readonly from: string;
  /** As `from`, or a Service. */
  readonly to: string;
  /** A name in any case, or a number. */
  readonly protocol: string;
  /** A number, or the name of a port of the destination. */
  readonly port?: string;
  readonly sourcePort?: number;
  /** `type/code`, or a type alone: the protocol is then the family's ICMP. */
  readonly icmp?: string;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** The first family that both sides have when absent. */
  readonly family?: Family;
}

/** Where connections come from when nobody says: the first port that IANA leaves to clients. */
const CLIENT_PORT = 49_152;
const ECHO_REQUEST: Readonly<Record<Family, number>> = { 4: 8, 6: 128 };

/** The first packet of the connection that `question` asks about. Throws CommandFailure (usage). */
export function flowOf(model: Model, question: Question): Flow {
  const names = new PeerNames(model);
  return flowBetween(names.find(question.from), names.find(question.to), question);
}

/** The same between ends that are known. A service is none: its backends are. */
export function flowBetween(from: Peer, to: Peer, question: Question): Flow {
  const protocol = protocolOf(question);
  const { source, destination } = endsOf(from, to, protocol, question);
  const { family } = source;
  if (protocol === ICMPV6 && family === 4) throw usage("ICMPv6 is IPv6's alone: want ICMP");
  const ends = { source, destination };
  if (protocol === ICMP || protocol === ICMPV6) {
    return { ...ends, protocol: icmpOf(family), icmp: icmpMessage(question, family) };
  }
  if (!hasPorts(protocol)) return { ...ends, protocol };
  const destinationPort = portOf(to, question, protocol);
  return {
    ...ends,
    protocol,
    sourcePort: question.sourcePort ?? CLIENT_PORT,
    destinationPort,
  };
}

/** The protocol that is asked about, by number. Throws CommandFailure (usage). */
export function protocolOf({ protocol, icmp }: Question): number {
  const named = parseProtocol(protocol);
  if (icmp !== undefined && named !== ICMPV6) return ICMP;
  if (named !== undefined) return named;
  throw usage(`"${protocol}" is not a protocol: want TCP, UDP, SCTP, ICMP or 0..255`);
}

/** The addresses by which a name is reached. Throws CommandFailure (usage) for a service. */
export function addressesOfPeer(peer: Peer): readonly Address[] {
  switch (peer.is) {
    case "address":
      return [peer.address];
    case "workload":
    case "hostEndpoint":
      return peer.endpoint.addresses;
    case "host":
      return peer.host.interfaces.flatMap(({ addresses }) => addresses);
    case "service": {
      const { namespace = "default", name } = peer.service.metadata;
      throw usage(
        `Service ${namespace}/${name} sends nothing and is no end of a packet: name a pod`,
      );
    }
  }
}

function endsOf(
  from: Peer,
  to: Peer,
  protocol: number,
  question: Question,
): Pick<Flow, "source" | "destination"> {
  const sources = addressesOfPeer(from);
  const destinations = addressesOfPeer(to);
  const common = () => commonFamily(question, sources, destinations);
  const family = question.family ?? (protocol === ICMPV6 ? 6 : common());
  return {
    source: ofFamily(sources, family, question.from),
    destination: ofFamily(destinations, family, question.to),
  };
}

function commonFamily(
  question: Question,
  sources: readonly Address[],
  destinations: readonly Address[],
): Family {
  const found = ([4, 6] as const).find((family) =>
    [sources, destinations].every((side) => side.some((one) => one.family === family)),
  );
  if (found !== undefined) return found;
  throw usage(`${question.from} and ${question.to} have no address family in common`);
}

function ofFamily(addresses: readonly Address[], family: Family, text: string): Address {
  const found = addresses.find((one) => one.family === family);
  if (found) return found;
  const known = addresses.map(formatAddress).join(", ") || "no address";
  throw usage(`"${text}" has no IPv${family} address, only ${known}`);
}

function icmpMessage(question: Question, family: Family): IcmpMessage {
  const { icmp, icmpType = ECHO_REQUEST[family], icmpCode = 0 } = question;
  if (icmp === undefined) return { type: icmpType, code: icmpCode };
  const [, type, code = "0"] = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(icmp) ?? [];
  if (type === undefined || Number(type) > 255 || Number(code) > 255) {
    throw usage(`"${icmp}" is no ICMP message: want TYPE/CODE, e.g. 8/0, each 0..255`);
  }
  return { type: Number(type), code: Number(code) };
}

function portOf(to: Peer, question: Question, protocol: number): number {
  const text = question.port;
  if (text === undefined) throw usage(`${question.protocol} needs --port`);
  const number = portNumber(text);
  if (number !== undefined) return number;
  const served: readonly EndpointPort[] = to.is === "workload" ? to.endpoint.ports : [];
  const found = served.find((one) => one.name === text && one.protocol === protocol);
  if (found) return found.port;
  const names = served.map(({ name }) => name).join(", ") || "none";
  const whose = to.is === "workload" ? endpointName(to.endpoint) : question.to;
  throw usage(`${whose} serves no ${question.protocol} port called "${text}" (${names})`);
}

/** Undefined for a name. Throws CommandFailure (usage) past the last port. */
export function portNumber(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const port = Number(text);
  if (port <= 65_535) return port;
  throw usage(`port ${text} is past 65535`);
}
