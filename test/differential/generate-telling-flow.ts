/** Random connections that services and hosts' settings decide about, which others seldom meet. */
import {
  type Configuration,
  configurationOf,
  DEFAULT_CONFIGURATION,
} from "../../src/core/model/configuration.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { ServiceName } from "../../src/core/model/policy.ts";
import type { Address } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { TCP, UDP } from "../../src/core/net/protocol.ts";
import { matches, type Selector } from "../../src/core/selector/selector.ts";
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
    flows.push(serviceFlow(random, model), settingFlow(random, model, addresses));
  }
  return flows.filter((flow) => flow !== undefined);
}

/** Between a backend and a workload whose policy names the service, mostly at the backend's port. */
function serviceFlow(random: Random, model: Model): Flow | undefined {
  const rule = random.pick(serviceRules(model));
  const named = ({ namespace, name }: ServiceName) =>
    rule?.service.namespace === namespace && rule.service.name === name;
  const backend = random.pick(model.services.filter(named).flatMap(({ backends }) => backends));
  if (!rule || !backend) return undefined;
  const governed = model.workloads.filter(({ labels }) => matches(rule.selector, labels));
  const addresses = governed.flatMap((workload) => workload.addresses);
  const own = random.pick(addresses.filter(isOf(backend.address)));
  if (!own) return undefined;
  const port = random.chance(80) ? backend.port : random.pick(PORTS);
  const [source, destination] = rule.isSource ? [backend.address, own] : [own, backend.address];
  return packet(backend.protocol, source, destination, port);
}

/** A rule's service, on which side it is, and whom the rule's policy governs. */
interface ServiceRule {
  readonly service: ServiceName;
  readonly isSource: boolean;
  readonly selector: Selector;
}

function serviceRules({ policies }: Model): ServiceRule[] {
  return policies
    .filter(({ staged }) => !staged)
    .flatMap(({ ingress, egress, selector }) =>
      [...ingress, ...egress].flatMap(({ source, destination }) => {
        const service = source.service ?? destination.service;
        return service ? [{ service, isSource: source.service !== undefined, selector }] : [];
      }),
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
