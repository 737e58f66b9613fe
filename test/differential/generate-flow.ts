/** Random connections between the addresses of a cluster and beyond. */
import type { Model } from "../../src/core/model/model.ts";
import { type Address, address } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { hasPorts, ICMP, icmpOf, SCTP, TCP, UDP, UDPLITE } from "../../src/core/net/protocol.ts";
import type { Random } from "./random.ts";
import { OUTSIDE, PORTS } from "./universe.ts";

const IPIP = 4;

/** The addresses that a cluster's connections are worth trying between. */
export function addressesOf({ workloads, hosts }: Model): Address[] {
  return [
    ...workloads.flatMap((endpoint) => endpoint.addresses),
    ...hosts.flatMap((host) => host.interfaces.flatMap((face) => face.addresses)),
    ...OUTSIDE.map(address),
  ];
}

/** A connection between two of `addresses`, of one family; `translated` of a hundred were sent elsewhere. */
export function generateFlow(random: Random, addresses: readonly Address[], translated = 0): Flow {
  const source = random.pick(addresses);
  if (!source) throw new Error("a flow needs addresses");
  const peers = addresses.filter((found) => found.family === source.family);
  const destination = random.pick(peers) ?? source;
  const protocol = protocolOf(random, source.family);
  if (protocol === icmpOf(source.family)) {
    const type = random.pick(protocol === ICMP ? [0, 3, 8, 8] : [1, 128, 128, 129, 134, 135]);
    return { source, destination, protocol, icmp: { type, code: random.below(2) } };
  }
  if (!hasPorts(protocol)) return { source, destination, protocol };
  const destinationPort = random.pick(PORTS);
  const sourcePort = random.pick([random.pick(PORTS), 40_000]);
  const originalDestination = {
    address: random.pick(peers) ?? destination,
    ...(random.chance(50) && { port: random.pick(PORTS) }),
  };
  return {
    source,
    destination,
    protocol,
    sourcePort,
    destinationPort,
    ...(random.chance(translated) && { originalDestination }),
  };
}

function protocolOf(random: Random, family: 4 | 6): number {
  if (random.chance(2)) return IPIP;
  const own = icmpOf(family);
  return random.pick([TCP, TCP, TCP, TCP, UDP, UDP, UDP, SCTP, own, own, UDPLITE, 47]);
}
