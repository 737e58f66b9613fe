/** Random connections that services and hosts' settings decide about, which others seldom meet. */
import {
  type Configuration,
  configurationOf,
  DEFAULT_CONFIGURATION,
} from "../../src/core/model/configuration.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Service } from "../../src/core/model/service.ts";
import type { Address } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { TCP, UDP } from "../../src/core/net/protocol.ts";
import { choose, type Random } from "./random.ts";
import { PORTS } from "./universe.ts";

const SOURCE_PORT = 40_000;
const IPIP = 4;

/** At most `count` of each sort, between `addresses` and what the model has. */
export function generateTellingFlows(
  random: Random,
  model: Model,
  addresses: readonly Address[],
  count: number,
): Flow[] {
  const flows: (Flow | undefined)[] = [];
  for (let i = 0; i < count; i++) {
    flows.push(serviceFlow(random, model, addresses), settingFlow(random, model, addresses));
  }
  return flows.filter((flow) => flow !== undefined);
}

/** From a backend of a service that rules name, or to one, mostly at its port. */
function serviceFlow(
  random: Random,
  model: Model,
  addresses: readonly Address[],
): Flow | undefined {
  const backend = random.pick(namedServices(model).flatMap((service) => service.backends));
  const peer = backend && random.pick(addresses.filter(isOf(backend.address)));
  if (!backend || !peer) return undefined;
  if (random.chance(40)) {
    const destinationPort = random.pick(PORTS);
    const ends = { source: backend.address, destination: peer };
    return { ...ends, protocol: TCP, sourcePort: SOURCE_PORT, destinationPort };
  }
  const destinationPort = random.chance(80) ? backend.port : random.pick(PORTS);
  const { address: destination, protocol } = backend;
  return { source: peer, destination, protocol, sourcePort: SOURCE_PORT, destinationPort };
}

function namedServices({ policies, profiles, services }: Model): Service[] {
  const rules = [...policies.filter(({ staged }) => !staged), ...profiles.values()].flatMap(
    ({ ingress, egress }) => [...ingress, ...egress],
  );
  const named = rules.flatMap(({ source, destination }) => [source.service, destination.service]);
  return services.filter((service) =>
    named.some((one) => one?.namespace === service.namespace && one.name === service.name),
  );
}

/** To or from a host that has settings of its own, or out of a workload there. */
function settingFlow(
  random: Random,
  model: Model,
  addresses: readonly Address[],
): Flow | undefined {
  const set = model.hosts.filter(
    ({ name }) => configurationOf(model, name) !== DEFAULT_CONFIGURATION,
  );
  const host = random.pick(set);
  const own = random.pick(host?.interfaces.flatMap((one) => one.addresses) ?? []);
  const peer = own && random.pick(addresses.filter(isOf(own)));
  if (!host || !own || !peer) return undefined;
  const configuration = configurationOf(model, host.name);
  const workloads = model.workloads
    .filter(({ node }) => node === host.name)
    .flatMap((workload) => workload.addresses);
  const inside = random.pick(workloads.filter(isOf(own)));
  return choose(random, [
    () => failsafeFlow(random, configuration, own, peer),
    () => inside && packet(TCP, inside, own, random.pick(PORTS)),
    () => inside && tunnelFlow(random, configuration, inside, peer),
  ]);
}

function failsafeFlow(
  random: Random,
  { failsafePorts }: Configuration,
  own: Address,
  peer: Address,
): Flow | undefined {
  const direction = random.pick(["ingress", "egress"] as const);
  const one = random.pick(failsafePorts[direction]);
  if (!one) return undefined;
  const [source, destination] = direction === "ingress" ? [peer, own] : [own, peer];
  return packet(one.protocol, source, destination, one.port);
}

function tunnelFlow(
  random: Random,
  { vxlanPort }: Configuration,
  source: Address,
  destination: Address,
): Flow {
  const port = random.pick([4789, vxlanPort]) ?? vxlanPort;
  if (random.chance(50)) return { source, destination, protocol: IPIP };
  return packet(UDP, source, destination, port);
}

function packet(
  protocol: number,
  source: Address,
  destination: Address,
  destinationPort: number,
): Flow {
  return { source, destination, protocol, sourcePort: SOURCE_PORT, destinationPort };
}

function isOf({ family }: Address): (other: Address) => boolean {
  return (other) => other.family === family;
}
