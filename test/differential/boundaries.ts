/** Where answers can change: the ends of everything that the rules and settings of a cluster name. */
import { type Configuration, configurationOf } from "../../src/core/model/configuration.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Rule } from "../../src/core/model/policy.ts";
import {
  type Address,
  type Family,
  formatAddress,
  hostPrefix,
  lastAddress,
  nextAddress,
  type Prefix,
  previousAddress,
} from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { hasPorts, ICMP, ICMPV6, icmpOf, SCTP, TCP, UDP } from "../../src/core/net/protocol.ts";

/** What a flow is beside its addresses. */
export type Packet = Omit<Flow, "source" | "destination" | "originalDestination">;

const CLIENT_PORT = 40_000;
const WEB_PORT = 80;

/** The first and last address of every net and endpoint, and those beside them, each once. */
export function boundaryAddresses(model: Model): Address[] {
  const found = new Map<string, Address>();
  for (const net of netsOf(model)) {
    const last = lastAddress(net);
    const ends = [previousAddress(net.address), net.address, last, nextAddress(last)];
    for (const end of ends) if (end) found.set(formatAddress(end), end);
  }
  return [...found.values()];
}

/** Packets of every protocol that matters, at and beside the ends of ranges of ports and messages. */
export function boundaryPackets(model: Model, family: Family): Packet[] {
  return [
    ...portPackets(model),
    ...messagePackets(model, family),
    ...protocolsOf(model)
      .filter((number) => !hasPorts(number) && number !== ICMP && number !== ICMPV6)
      .map((protocol) => ({ protocol })),
  ];
}

function portPackets(model: Model): Packet[] {
  return [TCP, UDP, SCTP].flatMap((protocol) =>
    portsOf(model).flatMap((port) => [
      { protocol, sourcePort: CLIENT_PORT, destinationPort: port },
      { protocol, sourcePort: port, destinationPort: WEB_PORT },
    ]),
  );
}

function messagePackets(model: Model, family: Family): Packet[] {
  const numbers = rulesOf(model).flatMap(({ icmp, notIcmp }) =>
    [icmp, notIcmp].flatMap((match) => {
      if (!match) return [];
      const first = match.type * 256 + (match.code ?? 0);
      return [first, match.code === undefined ? first + 255 : first];
    }),
  );
  // Echo and neighbour discovery have meanings of their own.
  const telling = [0, 8, 128, 129, 130, 133, 134, 135, 136].map((type) => type * 256);
  return besides([...numbers, ...telling], 65_535).map((number) => ({
    protocol: icmpOf(family),
    icmp: { type: number >>> 8, code: number & 255 },
  }));
}

function portsOf(model: Model): number[] {
  const matched = rulesOf(model).flatMap(({ source, destination }) =>
    [source.ports, source.notPorts, destination.ports, destination.notPorts].flatMap(
      (match) => match?.ranges.flatMap(({ first, last }) => [first, last]) ?? [],
    ),
  );
  const named = [...model.workloads, ...model.hostEndpoints].flatMap(({ ports }) =>
    ports.map(({ port }) => port),
  );
  const backends = model.services.flatMap((service) => service.backends.map(({ port }) => port));
  const set = configurationsOf(model).flatMap(({ failsafePorts, vxlanPort }) => [
    ...[...failsafePorts.ingress, ...failsafePorts.egress].map(({ port }) => port),
    vxlanPort,
  ]);
  return besides([...matched, ...named, ...backends, ...set], 65_535);
}

function protocolsOf(model: Model): number[] {
  const named = rulesOf(model).flatMap(({ protocol, notProtocol }) => [
    ...(protocol === undefined ? [] : [protocol]),
    ...(notProtocol === undefined ? [] : [notProtocol]),
  ]);
  return besides([...named, 0, 4, 255], 255);
}

function netsOf(model: Model): Prefix[] {
  const sides = rulesOf(model).flatMap(({ source, destination }) => [source, destination]);
  const addresses = [
    ...model.workloads.flatMap((endpoint) => endpoint.addresses),
    ...model.hosts.flatMap((host) => host.interfaces.flatMap((face) => face.addresses)),
    ...model.services.flatMap((service) => service.addresses),
  ];
  return [
    ...sides.flatMap(({ nets = [], notNets = [] }) => [...nets, ...notNets]),
    ...model.networkSets.flatMap(({ nets }) => nets),
    ...configurationsOf(model).flatMap(({ failsafePorts }) =>
      [...failsafePorts.ingress, ...failsafePorts.egress].flatMap(({ net }) => net ?? []),
    ),
    ...addresses.map(hostPrefix),
  ];
}

function rulesOf({ policies, profiles }: Model): Rule[] {
  return [...policies, ...profiles.values()].flatMap(({ ingress, egress }) => [
    ...ingress,
    ...egress,
  ]);
}

function configurationsOf(model: Model): Configuration[] {
  return [...new Set(model.hosts.map(({ name }) => configurationOf(model, name)))];
}

/** The numbers and their neighbours up to `most`, each once, ascending. */
function besides(numbers: readonly number[], most: number): number[] {
  const all = numbers.flatMap((number) => [number - 1, number, number + 1]);
  const within = all.filter((number) => number >= 0 && number <= most);
  return [...new Set(within)].sort((a, b) => a - b);
}
