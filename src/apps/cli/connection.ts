/** What a question comes to: one connection, or one for each backend of a Service. */
import { endpointName } from "../../core/model/endpoint.ts";
import { type Address, compareAddresses, formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { formatProtocol, hasPorts, parseProtocol } from "../../core/net/protocol.ts";
import type { EndpointSliceResource } from "../../core/resources/endpoint-slice.ts";
import { isImplied } from "../../core/resources/implied-slices.ts";
import type { ServicePort, ServiceResource } from "../../core/resources/service.ts";
import { readyBackends } from "../../core/resources/service-backends.ts";
import { compareBytes } from "../../core/text/byte-order.ts";
import { usage } from "./exit.ts";
import { addressesOf, type Peer } from "./peer-names.ts";
import { addressesOfPeer, flowBetween, portNumber, protocolOf, type Question } from "./question.ts";

/** A connection between two ends, as they are called. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly flow: Flow;
}

/** How a Service's own address became those of its backends. */
export interface Translation {
  /** `namespace/name` */
  readonly service: string;
  /** Absent for a service that has none, or none that is known. */
  readonly address?: Address;
  readonly port: number;
  readonly portName?: string;
  /** Whether no EndpointSlice lists the backends, so that they are those of its selector. */
  readonly implied: boolean;
}

export interface Connections {
  /** In the order of the backends' names; never empty. */
  readonly connections: readonly Connection[];
  readonly translation?: Translation;
}

/** The connections that `question` asks about. Throws CommandFailure (usage). */
export function connectionsOf(
  from: Peer,
  to: Peer,
  question: Question,
  slices: (service: ServiceResource) => readonly EndpointSliceResource[],
): Connections {
  const source = peerName(from, question.from);
  if (to.is !== "service") {
    const flow = flowBetween(from, to, question);
    return { connections: [{ from: source, to: peerName(to, question.to), flow }] };
  }
  const { namespace = "default", name } = to.service.metadata;
  const service = `${namespace}/${name}`;
  const port = servicePort(to.service, service, question);
  const found = slices(to.service);
  const sources = addressesOfPeer(from);
  const reached = backendsOf(found, port).filter(({ address: { family } }) => {
    const wanted = to.address?.family ?? question.family ?? family;
    return family === wanted && sources.some((one) => one.family === family);
  });
  const [first] = reached;
  if (!first) throw usage(nobodyBehind(service, found, question));
  const { family } = first.address;
  const address = to.address ?? addressesOf(to.service).find((one) => one.family === family);
  const connections = reached
    .filter((one) => one.address.family === family)
    .map((backend): Connection => {
      const end: Peer = { is: "address", address: backend.address };
      const flow = flowBetween(from, end, { ...question, port: String(backend.port), family });
      const originalDestination = address && { address, port: port.port };
      return {
        from: source,
        to: backend.name,
        flow: { ...flow, ...(originalDestination && { originalDestination }) },
      };
    });
  return {
    connections,
    translation: {
      service,
      ...(address && { address }),
      port: port.port,
      ...(port.name && { portName: port.name }),
      implied: found.some(isImplied),
    },
  };
}

function peerName(peer: Peer, text: string): string {
  if (peer.is === "workload" || peer.is === "hostEndpoint") return endpointName(peer.endpoint);
  return peer.is === "host" ? peer.host.name : text;
}

/** The one of the service's ports that is meant, by number or name; its only one when none is. */
function servicePort({ spec }: ServiceResource, service: string, question: Question): ServicePort {
  const protocol = protocolOf(question);
  const called = formatProtocol(protocol);
  if (!hasPorts(protocol)) throw usage(`a Service passes on TCP, UDP and SCTP only, not ${called}`);
  const ports = (spec.ports ?? []).filter(
    (port) => parseProtocol(port.protocol || "TCP") === protocol,
  );
  const { port: text } = question;
  const number = text === undefined ? undefined : portNumber(text);
  const meant = ports.filter(
    ({ name, port }) => text === undefined || port === number || name === text,
  );
  const [only] = meant;
  if (only && meant.length === 1) return only;
  const known = ports.map(({ name, port }) => (name ? `${port} (${name})` : `${port}`)).join(", ");
  if (text === undefined && ports.length > 0) throw usage(`${called} needs --port: ${known}`);
  const has = known === "" ? `it has none of ${called}` : `it has ${known}`;
  throw usage(`Service ${service} has no ${called} port ${text ?? ""}: ${has}`);
}

interface NamedBackend {
  readonly address: Address;
  readonly port: number;
  /** The pod's name where it is known, else the address. */
  readonly name: string;
}

/** Where a port leads, in the order of names. */
function backendsOf(slices: readonly EndpointSliceResource[], port: ServicePort): NamedBackend[] {
  const found = readyBackends(slices, port).map(
    ({ address, port, pod }): NamedBackend => ({
      address,
      port,
      name: pod ?? formatAddress(address),
    }),
  );
  return found.sort(
    (a, b) =>
      a.address.family - b.address.family ||
      compareBytes(a.name, b.name) ||
      compareAddresses(a.address, b.address) ||
      a.port - b.port,
  );
}

function nobodyBehind(
  service: string,
  slices: readonly EndpointSliceResource[],
  { from }: Question,
): string {
  const listed = slices.flatMap(({ endpoints }) => endpoints);
  if (listed.length === 0)
    return `Service ${service} leads nowhere: no EndpointSlice and no pod is its`;
  const isReady = listed.some(({ conditions }) => conditions?.ready !== false);
  if (!isReady) return `Service ${service} leads nowhere: none of its backends is ready`;
  return `Service ${service} has no backend for this port that ${from} has an address family in common with`;
}
