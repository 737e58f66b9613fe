/** What people call the ends of connections: pods, VMs, services, hosts, addresses. */
import {
  endpointName,
  type Host,
  type HostEndpoint,
  type WorkloadEndpoint,
} from "../../core/model/endpoint.ts";
import type { Model } from "../../core/model/model.ts";
import { type Address, formatAddress, parseAddress } from "../../core/net/address.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";
import type { ServiceResource } from "../../core/resources/service.ts";
import { entry, objectAt, textAt } from "../../core/schema/json-object.ts";
import { byName } from "../../core/text/byte-order.ts";
import { usage } from "./exit.ts";

/** What a name stands for. */
export type Peer =
  | { readonly is: "address"; readonly address: Address }
  | { readonly is: "workload"; readonly endpoint: WorkloadEndpoint }
  | { readonly is: "host"; readonly host: Host }
  | { readonly is: "hostEndpoint"; readonly endpoint: HostEndpoint }
  /** `address` is the one of the service's own that was asked about, if one was. */
  | { readonly is: "service"; readonly service: ServiceResource; readonly address?: Address };

/** Words that may stand before a name, to tell what it is the name of. */
const SORTS: Readonly<Record<string, readonly Peer["is"][]>> = {
  pod: ["workload"],
  vm: ["workload"],
  workload: ["workload"],
  service: ["service"],
  svc: ["service"],
  host: ["host"],
  node: ["host"],
  hostendpoint: ["hostEndpoint"],
};
const CALLED: Readonly<Record<Peer["is"], string>> = {
  address: "address",
  workload: "pod",
  host: "host",
  hostEndpoint: "hostendpoint",
  service: "service",
};

/** The names of a cluster, looked up without reading all of it. */
export class PeerNames {
  readonly #peers = new Map<string, Peer[]>();
  readonly #services = new Map<string, Peer>();
  readonly #unplaced = new Set<string>();

  constructor(model: Model, resources: readonly AnyResource[] = []) {
    for (const endpoint of model.workloads) {
      this.#add(endpointName(endpoint), { is: "workload", endpoint });
    }
    for (const host of model.hosts) this.#add(host.name, { is: "host", host });
    for (const endpoint of model.hostEndpoints) {
      if (endpoint.addresses.length > 0) this.#add(endpoint.name, { is: "hostEndpoint", endpoint });
    }
    for (const resource of resources) {
      const { namespace = "default", name } = resource.metadata;
      if (resource.kind === "Pod") this.#unplaced.add(`${namespace}/${name}`);
      if (resource.kind !== "Service") continue;
      this.#add(`${namespace}/${name}`, { is: "service", service: resource });
      for (const address of addressesOf(resource)) {
        this.#services.set(formatAddress(address), { is: "service", service: resource, address });
      }
    }
  }

  /** What `text` names. Throws CommandFailure (usage) where that is nothing, or several things. */
  find(text: string): Peer {
    const literal = parseAddress(text);
    if (literal) {
      return this.#services.get(formatAddress(literal)) ?? { is: "address", address: literal };
    }
    const [only, ...others] = this.#candidates(text);
    if (!only) throw usage(this.#unknown(text));
    if (others.length === 0) return only;
    const all = [only, ...others];
    const sorts = new Set(all.map(({ is }) => is));
    const names = sorts.size === all.length ? all.map((one) => `${CALLED[one.is]}/${text}`) : [];
    const choices = names.length > 0 ? names : all.flatMap(addressTexts);
    throw usage(`"${text}" is several things: say which of ${choices.sort().join(", ")}`);
  }

  #candidates(text: string): readonly Peer[] {
    const found = this.#peers.get(text) ?? [];
    if (found.length > 0) return found.length > 1 ? withoutOwnHost(found) : found;
    const slash = text.indexOf("/");
    const sorts = SORTS[text.slice(0, slash).toLowerCase()];
    const named = (slash > 0 && sorts && this.#peers.get(text.slice(slash + 1))) || [];
    return named.filter(({ is }) => sorts?.includes(is));
  }

  #unknown(text: string): string {
    const name = text.replace(/^(pod|vm)\//i, "");
    if (this.#unplaced.has(name)) {
      return `pod ${name} has no address of its own: it uses its host's, has ended, or has none yet`;
    }
    const near = nearest(text, [...this.#peers.keys()]);
    const hint = near.length > 0 ? `; near it are ${near.join(", ")}` : "";
    const wanted = "a pod, VM or Service (namespace/name), an address or a host";
    return `"${text}" is not known: want ${wanted}${hint}`;
  }

  #add(name: string, peer: Peer): void {
    const known = this.#peers.get(name);
    if (known) known.push(peer);
    else this.#peers.set(name, [peer]);
  }
}

/** A host and a host endpoint of it that is called the same are one place. */
function withoutOwnHost(found: readonly Peer[]): readonly Peer[] {
  const hosts = found.flatMap((one) => (one.is === "host" ? [one.host.name] : []));
  return found.filter((one) => one.is !== "hostEndpoint" || !hosts.includes(one.endpoint.node));
}

function addressTexts(peer: Peer): string[] {
  if (peer.is === "address") return [formatAddress(peer.address)];
  if (peer.is === "service") {
    const { namespace = "default", name } = peer.service.metadata;
    return [`service/${namespace}/${name}`];
  }
  if (peer.is === "host") return [`host/${peer.host.name}`];
  return peer.endpoint.addresses.map(formatAddress);
}

/** The addresses that lead to a service from inside the cluster or out. */
export function addressesOf(service: ServiceResource): Address[] {
  const { spec } = service;
  const own = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""];
  const texts = [...own, ...(spec.externalIPs ?? []), ...balancedAddresses(service)];
  return texts.flatMap((text) => parseAddress(text) ?? []);
}

/** The load balancer's that nodes take for the service's; one with `ipMode: Proxy` is an outsider. */
function balancedAddresses(service: ServiceResource): string[] {
  const ingress = entry(objectAt(objectAt(service, "status"), "loadBalancer"), "ingress");
  if (service.spec.type !== "LoadBalancer" || !Array.isArray(ingress)) return [];
  return ingress.flatMap((point: unknown) =>
    textAt(point, "ipMode") === "Proxy" ? [] : (textAt(point, "ip") ?? []),
  );
}

/**
 * Up to three of `names`, the nearest first: those whose last part is `text`, then those that are
 * within a few edits of it.
 */
export function nearest(text: string, names: readonly string[]): string[] {
  const last = text.slice(text.lastIndexOf("/") + 1);
  return names
    .map((name) => {
      const isNamesake = name === last || name.endsWith(`/${last}`);
      return { name, distance: isNamesake ? 0.5 : distance(text, name) };
    })
    .filter((one) => one.distance <= Math.max(1, text.length / 3))
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
