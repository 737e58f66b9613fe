/** A connection as a person asks about it, and as policy sees it. */

import {
  type EndpointPort,
  endpointName,
  type WorkloadEndpoint,
} from "../../core/model/endpoint.ts";
import type { Model } from "../../core/model/model.ts";
import { type Address, type Family, formatAddress, parseAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { hasPorts, ICMP, ICMPV6, icmpOf, parseProtocol } from "../../core/net/protocol.ts";
import { byName } from "../../core/text/byte-order.ts";
import { usage } from "./exit.ts";

export interface Question {
  /** `namespace/pod`, an address, or a host's name. */
  readonly from: string;
  readonly to: string;
  /** A name in any case, or a number. */
  readonly protocol: string;
  /** A number, or the name of a port of the destination. */
  readonly port?: string;
  readonly sourcePort?: number;
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
  const sources = addressesOf(model, question.from);
  const destinations = addressesOf(model, question.to);
  const named = parseProtocol(question.protocol);
  if (named === undefined) {
    throw usage(`"${question.protocol}" is not a protocol: want TCP, UDP, SCTP, ICMP or 0..255`);
  }
  const family =
    question.family ?? (named === ICMPV6 ? 6 : commonFamily(question, sources, destinations));
  if (named === ICMPV6 && family === 4) throw usage("ICMPv6 is IPv6's alone: want ICMP");
  const source = ofFamily(sources, family, question.from);
  const destination = ofFamily(destinations, family, question.to);
  const protocol = named === ICMP || named === ICMPV6 ? icmpOf(family) : named;
  if (protocol === icmpOf(family)) {
    const type = question.icmpType ?? ECHO_REQUEST[family];
    return { source, destination, protocol, icmp: { type, code: question.icmpCode ?? 0 } };
  }
  if (!hasPorts(protocol)) return { source, destination, protocol };
  const destinationPort = portOf(model, question, protocol);
  return {
    source,
    destination,
    protocol,
    sourcePort: question.sourcePort ?? CLIENT_PORT,
    destinationPort,
  };
}

function addressesOf(model: Model, text: string): readonly Address[] {
  const literal = parseAddress(text);
  if (literal) return [literal];
  const workload = workloadNamed(model, text);
  if (workload) return workload.addresses;
  const host = model.hosts.find(({ name }) => name === text);
  if (host) return host.interfaces.flatMap((one) => one.addresses);
  const hostEndpoint = model.hostEndpoints.find(({ name }) => name === text);
  if (hostEndpoint && hostEndpoint.addresses.length > 0) return hostEndpoint.addresses;
  const names = [
    ...model.workloads.map(endpointName),
    ...model.hosts.map(({ name }) => name),
    ...model.hostEndpoints.map(({ name }) => name),
  ];
  const near = nearest(text, [...new Set(names)]);
  const hint = near.length > 0 ? `; near it are ${near.join(", ")}` : "";
  const wanted = "a pod (namespace/name) with an address of its own, an address or a host";
  throw usage(`"${text}" is not known: want ${wanted}${hint}`);
}

function workloadNamed(model: Model, text: string): WorkloadEndpoint | undefined {
  return model.workloads.find((workload) => endpointName(workload) === text);
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

function portOf(model: Model, question: Question, protocol: number): number {
  const text = question.port;
  if (text === undefined) throw usage(`${question.protocol} needs --port`);
  if (/^\d+$/.test(text)) {
    const port = Number(text);
    if (port <= 65_535) return port;
    throw usage(`port ${text} is past 65535`);
  }
  const served: readonly EndpointPort[] = workloadNamed(model, question.to)?.ports ?? [];
  const found = served.find((one) => one.name === text && one.protocol === protocol);
  if (found) return found.port;
  const names = served.map(({ name }) => name).join(", ") || "none";
  throw usage(`${question.to} serves no ${question.protocol} port called "${text}" (${names})`);
}

/** Up to three of `names` that are within a few edits of `text`, the nearest first. */
function nearest(text: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, distance: distance(text, name) }))
    .filter((one) => one.distance <= Math.max(3, text.length / 3))
    .sort((a, b) => a.distance - b.distance || byName(a, b))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** How many letters must be added, removed or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    }
  }
  return row[b.length] ?? 0;
}
