/**
 * Workloads whose addresses nobody knows yet: manifests that were never applied.
 *
 * Such a workload gets an address that no host can have (RFC 1122 §3.2.1.3, RFC 4291 §2.5.5.1), and
 * no net of the cluster holds those: rules find it by its labels and by nothing else.
 */
import type { Configuration } from "../model/configuration.ts";
import type { NetworkSet } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { EntityMatch, Policy, Profile, Rule } from "../model/policy.ts";
import {
  type Address,
  contains,
  covers,
  type Family,
  lastAddress,
  nextAddress,
  type Prefix,
  prefix,
} from "../net/address.ts";

/** Addresses for workloads whose own are not known, by family. */
export const UNKNOWN: Readonly<Record<Family, Prefix>> = {
  4: prefix("0.0.0.0/8"),
  6: prefix("::/96"),
};

/** How many a family has: the last address of its net stays nobody's, and the first two are taken. */
const COUNT = 2 ** 24 - 3;

/** The address of the workload of a number from 0; each number has its own. Throws RangeError past the last. */
export function unknownAddress(family: Family, number: number): Address {
  if (number < 0 || number >= COUNT) throw new RangeError(`there are ${COUNT} unknown addresses`);
  // Neither 0.0.0.0 and :: nor ::1.
  const word = number + 2;
  return { family, words: family === 4 ? [word] : [0, 0, 0, word] };
}

/** Reports whether an address stands for one that is not known. */
export function isUnknown(address: Address): boolean {
  return contains(UNKNOWN[address.family], address);
}

/** The first address from `first` on that does not stand for an unknown one. */
export function afterUnknown(first: Address): Address {
  if (!isUnknown(first)) return first;
  return nextAddress(lastAddress(UNKNOWN[first.family])) ?? first;
}

/** Reports whether some workload's address is not known. */
export function hasUnknown({ workloads }: Model): boolean {
  return workloads.some(({ addresses }) => addresses.some(isUnknown));
}

/** The model with no net that holds an unknown address; the same if it has no such workload. */
export function apartFromNets(model: Model): Model {
  if (!hasUnknown(model)) return model;
  const { configuration, nodeConfigurations } = model;
  return {
    ...model,
    networkSets: model.networkSets.map(networkSet),
    policies: model.policies.map(withRules),
    profiles: new Map(Array.from(model.profiles, ([name, profile]) => [name, withRules(profile)])),
    configuration: settings(configuration),
    nodeConfigurations: new Map(
      Array.from(nodeConfigurations, ([node, own]) => [node, settings(own)]),
    ),
  };
}

function withRules<T extends Policy | Profile>(owner: T): T {
  return { ...owner, ingress: owner.ingress.map(rule), egress: owner.egress.map(rule) };
}

function rule(of: Rule): Rule {
  return { ...of, source: side(of.source), destination: side(of.destination) };
}

/** A negated net of every address leaves its rule out of the family, and stays (evaluation.md §5.1). */
function side({ nets, notNets, ...rest }: EntityMatch): EntityMatch {
  return {
    ...rest,
    ...(nets && { nets: nets.flatMap(cut) }),
    ...(notNets && { notNets: notNets.flatMap((net) => (net.length === 0 ? [net] : cut(net))) }),
  };
}

function networkSet(set: NetworkSet): NetworkSet {
  return { ...set, nets: set.nets.flatMap(cut) };
}

function settings(configuration: Configuration): Configuration {
  const { ingress, egress } = configuration.failsafePorts;
  const ports = (list: typeof ingress) =>
    list.flatMap((one) => (one.net ? cut(one.net).map((net) => ({ ...one, net })) : [one]));
  return { ...configuration, failsafePorts: { ingress: ports(ingress), egress: ports(egress) } };
}

/** The net without unknown addresses. One that is all of such shrinks to the one that nobody gets. */
function cut(net: Prefix): Prefix[] {
  const unknown = UNKNOWN[net.address.family];
  if (covers(unknown, net)) return [nobodys(net.address.family)];
  if (!covers(net, unknown)) return [net];
  return Array.from({ length: unknown.length - net.length }, (_, i) => {
    return sibling(unknown, net.length + i + 1);
  });
}

/** The net of a length beside the one that holds `unknown`, which begins at zero. */
function sibling(unknown: Prefix, length: number): Prefix {
  const words = unknown.address.words.map((_, i) => {
    return Math.floor((length - 1) / 32) === i ? (1 << (31 - ((length - 1) % 32))) >>> 0 : 0;
  });
  return { address: { family: unknown.address.family, words }, length };
}

function nobodys(family: Family): Prefix {
  return family === 4 ? prefix("0.255.255.255") : prefix("::255.255.255.255");
}
