/** Whether a rule matches a packet (evaluation.md §5), and what its sets hold (§6). */
import type { Endpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { EntityMatch, IcmpMatch, PortMatch, Rule, ServiceName } from "../model/policy.ts";
import type { Service } from "../model/service.ts";
import { type Address, compareAddresses, contains } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { icmpOf, SCTP, TCP, UDP } from "../net/protocol.ts";
import { type Labels, matches } from "../selector/selector.ts";

/** §5: a rule matches when all criteria that are set match. A packet is no HTTP request. */
export function ruleMatches(model: Model, rule: Rule, flow: Flow): boolean {
  if (rule.http) return false;
  return versionMatches(rule, flow) && protocolMatches(rule, flow) && sidesMatch(model, rule, flow);
}

/** §5.1, 1: an explicit IP version, or the one that a protocol's name implies. */
export function versionMatches({ family }: Rule, flow: Flow): boolean {
  return family === undefined || family === flow.source.family;
}

/** The criteria of what a packet is: protocol and ICMP. */
export function protocolMatches(rule: Rule, flow: Flow): boolean {
  if (rule.protocol !== undefined && rule.protocol !== flow.protocol) return false;
  if (rule.notProtocol !== undefined && rule.notProtocol === flow.protocol) return false;
  if (rule.icmp && icmpMatches(rule.icmp, flow) !== true) return false;
  return !(rule.notIcmp && icmpMatches(rule.notIcmp, flow) !== false);
}

/** The criteria of where a packet comes from and where it goes. */
export function sidesMatch(model: Model, rule: Rule, flow: Flow): boolean {
  return (
    sideMatches(model, rule, rule.source, sourceOf(flow)) &&
    isBackendAddress(model, rule.source.service, flow.source) &&
    sideMatches(model, rule, rule.destination, destinationOf(flow)) &&
    isBackend(model, rule.destination.service, destinationOf(flow))
  );
}

/** One side of a packet. A packet of a protocol without ports has no port. */
interface Side {
  readonly address: Address;
  readonly protocol: number;
  readonly port: number | undefined;
}

function sourceOf(flow: Flow): Side {
  return { address: flow.source, protocol: flow.protocol, port: flow.sourcePort };
}

function destinationOf(flow: Flow): Side {
  return { address: flow.destination, protocol: flow.protocol, port: flow.destinationPort };
}

/**
 * §5.2: "only for packets of the family's ICMP protocol"; for any other packet neither the match
 * nor its negation holds, and the answer is undefined.
 */
function icmpMatches(wanted: IcmpMatch, flow: Flow): boolean | undefined {
  if (!flow.icmp || flow.protocol !== icmpOf(flow.source.family)) return undefined;
  if (flow.icmp.type !== wanted.type) return false;
  return wanted.code === undefined || flow.icmp.code === wanted.code;
}

function sideMatches(model: Model, rule: Rule, entity: EntityMatch, side: Side): boolean {
  const inside = (net: Parameters<typeof contains>[0]) => contains(net, side.address);
  if (entity.nets && !entity.nets.some(inside)) return false;
  if (entity.notNets) {
    // §5.1, 2: networks of the other family only, and the rule says nothing of this one.
    const { family } = side.address;
    if (!entity.notNets.some((net) => net.address.family === family)) return false;
    if (entity.notNets.some(inside)) return false;
  }
  if (!selectorsMatch(model, entity, side.address)) return false;
  if (entity.ports && !portsMatch(model, rule, entity, entity.ports, side)) return false;
  return !(entity.notPorts && portsMatch(model, rule, entity, entity.notPorts, side));
}

/** selectors.md §8.1: with a positive selector the negative one only subtracts known objects. */
function selectorsMatch(model: Model, entity: EntityMatch, address: Address): boolean {
  if (entity.selector) {
    return belongsTo(model, address, (labels) => isSelected(entity, labels));
  }
  const { notSelector } = entity;
  return !notSelector || !belongsTo(model, address, (labels) => matches(notSelector, labels));
}

/** The positive selector, or `all()` without one, less what the negative selector takes from it. */
function isSelected({ selector, notSelector }: EntityMatch, labels: Labels): boolean {
  if (!selector) return true;
  return matches(selector, labels) && !(notSelector && matches(notSelector, labels));
}

/** §6: whether the address is of a known endpoint or network set whose labels satisfy `wanted`. */
function belongsTo(model: Model, address: Address, wanted: (labels: Labels) => boolean): boolean {
  return (
    endpointsOf(model).some((one) => wanted(one.labels) && hasAddress(one, address)) ||
    model.networkSets.some(
      (set) => wanted(set.labels) && set.nets.some((net) => contains(net, address)),
    )
  );
}

function portsMatch(
  model: Model,
  rule: Rule,
  entity: EntityMatch,
  wanted: PortMatch,
  side: Side,
): boolean {
  const { port } = side;
  if (port === undefined) return false;
  return (
    wanted.ranges.some(({ first, last }) => first <= port && port <= last) ||
    wanted.names.some((name) => servesPort(model, rule, entity, name, side))
  );
}

/** §6, named port: whether the address is of a selected endpoint that serves the port by `name`. */
function servesPort(
  model: Model,
  rule: Rule,
  entity: EntityMatch,
  name: string,
  side: Side,
): boolean {
  const protocol = rule.protocol === undefined ? undefined : namedPortProtocol(rule.protocol);
  return endpointsOf(model).some(
    (endpoint) =>
      isSelected(entity, endpoint.labels) &&
      hasAddress(endpoint, side.address) &&
      endpoint.ports.some(
        (served) =>
          served.name === name &&
          (protocol === undefined || served.protocol === protocol) &&
          served.protocol === side.protocol &&
          served.port === side.port,
      ),
  );
}

/** resources.md §2.7: UDP and SCTP are looked up as themselves, anything else as TCP. */
function namedPortProtocol(protocol: number): number {
  return protocol === UDP || protocol === SCTP ? protocol : TCP;
}

/** §6, service as source: the addresses of its endpoints, at any port. */
function isBackendAddress(model: Model, name: ServiceName | undefined, address: Address): boolean {
  if (!name) return true;
  return servicesOf(model, name).some((service) => isAmong(service.addresses, address));
}

/** §6, service as destination: address, protocol and port of its endpoints. */
function isBackend(model: Model, name: ServiceName | undefined, side: Side): boolean {
  if (!name) return true;
  return servicesOf(model, name).some((service) =>
    service.backends.some(
      ({ address, protocol, port }) =>
        compareAddresses(address, side.address) === 0 &&
        protocol === side.protocol &&
        port === side.port,
    ),
  );
}

function servicesOf(model: Model, { namespace, name }: ServiceName): readonly Service[] {
  return model.services.filter((one) => one.namespace === namespace && one.name === name);
}

function endpointsOf(model: Model): readonly Endpoint[] {
  return [...model.workloads, ...model.hostEndpoints];
}

function hasAddress(endpoint: Endpoint, address: Address): boolean {
  return isAmong(endpoint.addresses, address);
}

function isAmong(addresses: readonly Address[], address: Address): boolean {
  return addresses.some((own) => compareAddresses(own, address) === 0);
}
