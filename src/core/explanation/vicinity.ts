/**
 * What of a cluster has a part in packets between a few addresses: who has them, whose nodes they
 * pass, the policies of those. Everything else can be left out, and the verdict is the same. So an
 * answer costs what its own part of the cluster costs, however large the rest is
 * (`npm run bench -- knowing`).
 */
import { once } from "../calc/once.ts";
import { SelectorIndex } from "../calc/selector-index.ts";
import { modelOf } from "../model/convert.ts";
import {
  compareWorkloads,
  type Endpoint,
  endpointName,
  type Host,
  type NetworkSet,
} from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Policy } from "../model/policy.ts";
import type { Service } from "../model/service.ts";
import { type Address, contains, formatAddress } from "../net/address.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { Labels } from "../selector/selector.ts";
import { byName, compareBytes } from "../text/byte-order.ts";
import type { Lighten } from "./lighten.ts";
import { objectKey, objectName } from "./object-key.ts";

/** Something done to an object: put in the place of another, added, or removed. */
export interface Change {
  readonly before?: AnyResource;
  readonly after?: AnyResource;
}

/** The resources of a cluster, found by what they mean. */
export class Vicinities {
  readonly model: Model;
  readonly #objects = new Map<string, AnyResource>();
  /** Pods and WorkloadEndpoints by the name of their endpoint. */
  readonly #workloads = new Map<string, AnyResource[]>();
  readonly #holders = new Map<string, Endpoint[]>();
  readonly #hosts = new Map<string, Host>();
  readonly #hostsByAddress = new Map<string, Host[]>();
  readonly #endpointsByNode = new Map<string, Endpoint[]>();
  readonly #services = new Map<string, Service[]>();
  readonly #policies: SelectorIndex<Policy>;
  readonly #nodes: readonly AnyResource[];

  constructor(resources: readonly AnyResource[], model: Model = modelOf(resources)) {
    this.model = model;
    for (const resource of resources) {
      this.#objects.set(objectKey(objectName(resource)), resource);
      const name = workloadName(resource);
      if (name !== undefined) once(this.#workloads, name, () => []).push(resource);
    }
    this.#nodes = resources.filter(({ kind }) => kind === "Node");
    for (const endpoint of [...model.workloads, ...model.hostEndpoints]) {
      if (endpoint.kind === "HostEndpoint") {
        once(this.#endpointsByNode, endpoint.node, () => []).push(endpoint);
      }
      file(this.#holders, endpoint.addresses, endpoint);
    }
    for (const host of model.hosts) {
      this.#hosts.set(host.name, host);
      for (const { addresses } of host.interfaces) file(this.#hostsByAddress, addresses, host);
    }
    for (const service of model.services) file(this.#services, service.addresses, service);
    this.#policies = new SelectorIndex(model.policies, ({ selector }) => selector);
  }

  /** The object that the model calls so. */
  object(kind: string, namespace: string, name: string): AnyResource | undefined {
    return this.#objects.get(objectKey({ kind, namespace, name }));
  }

  /** What an endpoint was made of. */
  objectOf(endpoint: Endpoint): AnyResource | undefined {
    if (endpoint.kind === "HostEndpoint") return this.object(endpoint.kind, "", endpoint.name);
    const found = this.#workloads.get(endpointName(endpoint)) ?? [];
    const ofInterface = (one: AnyResource) =>
      one.kind === "WorkloadEndpoint" && one.spec.interfaceName === endpoint.interfaceName;
    return found.find(ofInterface) ?? found[0];
  }

  /** A model that says of packets between `addresses` what the whole cluster's says. */
  around(addresses: readonly Address[]): Model {
    const texts = [...new Set(addresses.map(formatAddress))];
    const held = distinct(texts.flatMap((text) => this.#holders.get(text) ?? []));
    const byAddress = texts.flatMap((text) => this.#hostsByAddress.get(text) ?? []);
    const nodes = new Set([...held.map(({ node }) => node), ...byAddress.map(({ name }) => name)]);
    const hosts = Array.from(nodes).flatMap((node) => this.#hosts.get(node) ?? []);
    const onNodes = Array.from(nodes).flatMap((node) => this.#endpointsByNode.get(node) ?? []);
    const endpoints = distinct([...held, ...onNodes]);
    const isMet = ({ nets }: NetworkSet) =>
      nets.some((net) => addresses.some((address) => contains(net, address)));
    return {
      ...this.model,
      workloads: endpoints.filter((one) => one.kind === "WorkloadEndpoint").sort(compareWorkloads),
      hostEndpoints: endpoints.filter((one) => one.kind === "HostEndpoint").sort(byName),
      networkSets: this.model.networkSets.filter(isMet).sort(compareSets),
      hosts: distinct([...hosts, ...byAddress]),
      services: distinct(texts.flatMap((text) => this.#services.get(text) ?? [])),
      policies: this.#selecting(endpoints.map(({ labels }) => labels)),
      problems: [],
    };
  }

  /**
   * `part`, a model from {@link around}, as it would be after the changes; with its policies as
   * `lighten` has them.
   */
  changed(part: Model, changes: readonly Change[], lighten: Lighten = (policy) => policy): Model {
    const objects = changes.filter(({ before, after }) => !isPolicy(after ?? before));
    const whole = objects.length > 0 ? this.#relabelled(part, objects) : part;
    const relabelled = { ...whole, policies: whole.policies.map(lighten) };
    const policies = changes.filter(({ before, after }) => isPolicy(after ?? before));
    if (policies.length === 0) return relabelled;
    const gone = new Set(
      policies.flatMap(({ before }) => (before ? [objectKey(objectName(before))] : [])),
    );
    const written = policies.flatMap(({ after }) => (after ? [after] : []));
    const made = modelOf([...written, ...this.#nodes]).policies;
    const kept = relabelled.policies.filter((policy) => !gone.has(objectKey(policy)));
    return { ...relabelled, policies: [...kept, ...made] };
  }

  /** The part after labels have changed: others may be selected, and by other policies. */
  #relabelled(part: Model, changes: readonly Change[]): Model {
    const replaced = new Map(
      changes.flatMap(({ before, after }) => (before && after ? [[before, after] as const] : [])),
    );
    const present = this.#objectsOf(part).map((object) => replaced.get(object) ?? object);
    const { workloads, hostEndpoints, networkSets, ...made } = modelOf(present);
    const endpoints = [...workloads, ...hostEndpoints];
    return {
      ...part,
      workloads,
      hostEndpoints,
      networkSets,
      namespaces: new Map([...part.namespaces, ...made.namespaces]),
      serviceAccounts: new Map([...part.serviceAccounts, ...made.serviceAccounts]),
      policies: this.#selecting(endpoints.map(({ labels }) => labels)),
    };
  }

  /** Everything that says what labels the endpoints and network sets of `part` have. */
  #objectsOf({ workloads, hostEndpoints, networkSets }: Model): AnyResource[] {
    const found: (AnyResource | undefined)[] = [];
    for (const endpoint of [...workloads, ...hostEndpoints]) {
      found.push(this.objectOf(endpoint));
      for (const profile of endpoint.profiles) found.push(...this.#profile(profile));
    }
    for (const { namespace, name } of networkSets) {
      const kind = namespace === "" ? "GlobalNetworkSet" : "NetworkSet";
      found.push(this.object(kind, namespace, name), this.object("Namespace", "", namespace));
    }
    return distinct(found.filter((one) => one !== undefined));
  }

  /** What a profile stands for: a namespace, a service account, or itself. */
  #profile(profile: string): (AnyResource | undefined)[] {
    const [prefix, namespace = "", ...name] = profile.split(".");
    if (prefix === "kns") return [this.object("Namespace", "", profile.slice("kns.".length))];
    const account = prefix === "ksa" && this.object("ServiceAccount", namespace, name.join("."));
    return [account || this.object("Profile", "", profile)];
  }

  #selecting(labels: readonly Labels[]): Policy[] {
    return distinct(labels.flatMap((one) => this.#policies.matching(one)));
  }
}

function workloadName(resource: AnyResource): string | undefined {
  const { namespace = "default", name } = resource.metadata;
  if (resource.kind === "Pod") return `${namespace}/${name}`;
  if (resource.kind !== "WorkloadEndpoint") return undefined;
  return `${namespace}/${resource.spec.pod || resource.spec.workload || name}`;
}

function compareSets(a: NetworkSet, b: NetworkSet): number {
  return compareBytes(a.namespace, b.namespace) || byName(a, b);
}

function isPolicy(resource: AnyResource | undefined): boolean {
  return resource?.kind.endsWith("NetworkPolicy") ?? false;
}

function file<T>(index: Map<string, T[]>, addresses: readonly Address[], value: T): void {
  for (const address of addresses) once(index, formatAddress(address), () => []).push(value);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
