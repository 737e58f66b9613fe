/** What an assertion sends from one end to another. */
import { ConnectionSet } from "../analysis/connection-set.ts";
import { witness } from "../analysis/witness.ts";
import { type Family, formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { formatProtocol, hasPorts, ICMP, ICMPV6, SCTP, TCP, UDP } from "../net/protocol.ts";
import type { PolicyTestConnection } from "../resources/policy-test-connection.ts";
import type { PolicyAssertion } from "../resources/policy-test-spec.ts";
import { parseRuleProtocol } from "../resources/port.ts";
import { PortSet } from "../sets/port-set.ts";
import type { End, Target, Via } from "./end.ts";

/** An HTTP request: a call to a gRPC server is one too. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
}

/** Connections to a target; or why there are none. */
export type Asked = { readonly connections: ConnectionSet } | { readonly unknownPort: string };

const FOREIGN: Readonly<Record<Family, ConnectionSet>> = {
  4: ConnectionSet.ofProtocol(ICMPV6),
  6: ConnectionSet.ofProtocol(ICMP),
};

/** Whether the assertion is about everything that can be sent, because it names no ports. */
export function asksEverything({ ports }: PolicyAssertion): boolean {
  return ports === undefined;
}

/** The connections to `target` that the assertion speaks of. */
export function askedOf({ ports }: PolicyAssertion, target: Target): Asked {
  const { via } = target;
  if (via) return { connections: askedOfService(ports, via) };
  let connections = ports ? ConnectionSet.none : ConnectionSet.all;
  for (const written of ports ?? []) {
    const one = connectionsOf(written, target);
    if ("unknownPort" in one) return one;
    connections = connections.union(one.connections);
  }
  return { connections: connections.subtract(FOREIGN[target.address.family]) };
}

/** Whether the assertion speaks of any connection to `target`, by the ports that are known there. */
export function isAsked(assertion: PolicyAssertion, target: Target): boolean {
  const asked = askedOf(assertion, target);
  return "connections" in asked && !asked.connections.isEmpty;
}

/** Connections to the backend's port; none where the service's own is not among `ports`. */
function askedOfService(ports: PolicyAssertion["ports"], via: Via): ConnectionSet {
  const backend = PortSet.range(via.backendPort);
  if (!ports) return ofPorts(via.protocol, undefined, backend);
  const offered = ports.filter((written) => isOffered(written, via));
  return ConnectionSet.union(
    offered.map(({ sourcePort }) => ofPorts(via.protocol, sourcePort, backend)),
  );
}

function isOffered({ protocol = "TCP", port, endPort }: PolicyTestConnection, via: Via): boolean {
  if (parseRuleProtocol(protocol) !== via.protocol) return false;
  if (port === undefined || port === via.portName) return true;
  return typeof port === "number" && via.port >= port && via.port <= (endPort ?? port);
}

/** The requests that the assertion sends over each connection; none when it is about connections. */
export function requestsOf({ http = [], grpc = [] }: PolicyAssertion): AskedRequest[] {
  return [
    ...http.map(({ method = "GET", path }) => ({ method, path })),
    ...grpc.map(({ service, method }) => ({ method: "POST", path: `/${service}/${method}` })),
  ];
}

/** A connection to each port of a set; by way of the service where there is one. */
export function flowsTo(connections: ConnectionSet, from: End, to: Target): Flow[] {
  const ends = { source: from.address, destination: to.address };
  const original = to.via?.original;
  const { tcp, udp, sctp } = connections.parts;
  const numbers = PortSet.union(
    [tcp, udp, sctp].flatMap(({ rows }) => rows.map(({ destinations }) => destinations)),
  );
  return Array.from(numbers.ranges())
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
    .flatMap((port) => {
      const everywhere = { sources: PortSet.all, destinations: PortSet.range(port) };
      const toPort = [TCP, UDP, SCTP].map((protocol) =>
        ConnectionSet.ofPorts(protocol, everywhere),
      );
      return witness(connections.intersect(ConnectionSet.union(toPort)), ends) ?? [];
    })
    .map((flow) => (original ? { ...flow, originalDestination: original } : flow));
}

/** `GET /orders` */
export function formatRequest({ method, path }: AskedRequest): string {
  return `${method} ${path}`;
}

/** `TCP port 80`, `ICMP type 8 code 0`, `protocol 47`. */
export function formatMessage({ protocol, destinationPort, icmp }: Flow): string {
  const name = formatProtocol(protocol);
  if (destinationPort !== undefined) return `${name} port ${destinationPort}`;
  if (icmp) return `${name} type ${icmp.type} code ${icmp.code}`;
  return /^\d/.test(name) ? `protocol ${name}` : name;
}

function connectionsOf(written: PolicyTestConnection, target: Target): Asked {
  const { protocol: text = "TCP", port, endPort, sourcePort, icmp } = written;
  const protocol = parseRuleProtocol(text) ?? TCP;
  if (icmp) {
    const message = PortSet.range(icmp.type * 256 + (icmp.code ?? 0));
    return { connections: ConnectionSet.ofMessages(protocol === ICMP ? 4 : 6, message) };
  }
  if (!hasPorts(protocol)) return { connections: ConnectionSet.ofProtocol(protocol) };
  if (typeof port !== "string") {
    const numbers = port === undefined ? PortSet.all : PortSet.range(port, endPort ?? port);
    return { connections: ofPorts(protocol, sourcePort, numbers) };
  }
  const served = target.ports.filter((one) => one.name === port && one.protocol === protocol);
  if (served.length > 0) {
    const numbers = PortSet.union(served.map((one) => PortSet.range(one.port)));
    return { connections: ofPorts(protocol, sourcePort, numbers) };
  }
  const names = target.ports.map(({ name }) => name).join(", ") || "none";
  const what = `${target.name} serves no ${formatProtocol(protocol)} port called "${port}"`;
  return { unknownPort: `${what} (${names}) at ${formatAddress(target.address)}` };
}

function ofPorts(
  protocol: number,
  sourcePort: number | undefined,
  destinations: PortSet,
): ConnectionSet {
  const sources = sourcePort === undefined ? PortSet.all : PortSet.range(sourcePort);
  return ConnectionSet.ofPorts(protocol, { sources, destinations });
}
