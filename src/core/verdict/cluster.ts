/** A cluster as verdicts need it: who has which address, and compiled policy on demand. */

import { once } from "../calc/once.ts";
import type { ListedTier } from "../calc/policy-lists.ts";
import { type Configuration, configurationOf } from "../model/configuration.ts";
import {
  compareWorkloads,
  type Endpoint,
  type Host,
  type HostEndpoint,
  type HostInterface,
  UNNAMED_INTERFACE,
  type WorkloadEndpoint,
} from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction, Policy, Rule } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { type Address, type Family, formatAddress } from "../net/address.ts";
import { PolicyCompiler } from "../policy/compile.ts";
import { governing, wildcard } from "../policy/host-binding.ts";
import type {
  CompiledHostEndpoint,
  RequestPolicy,
  RequestRule,
  Section,
} from "../policy/policy.ts";
import type { Labels } from "../selector/selector.ts";
import { byName } from "../text/byte-order.ts";

/** Who has an address. A host has it on `interface`. */
export type Place =
  | { readonly at: "workload"; readonly node: string; readonly endpoint: WorkloadEndpoint }
  | { readonly at: "host"; readonly node: string; readonly interface: HostInterface }
  | { readonly at: "outside" };

/** What `pending` has found, which may be nothing. */
interface Pending {
  readonly section: Section | undefined;
}

const NO_LABELS: Labels = new Map();

const OUTSIDE: Place = { at: "outside" };

/** The interface of a node of which nothing is known. */
const UNKNOWN_INTERFACE: HostInterface = { name: UNNAMED_INTERFACE, addresses: [] };

/**
 * Everything that a verdict asks of a cluster. An endpoint is compiled the first time a packet
 * meets it.
 */
export class Cluster {
  readonly #model: Model;
  readonly #compiler: PolicyCompiler;
  readonly #places = new Map<string, Place>();
  readonly #hosts = new Map<string, Host>();
  readonly #hostEndpoints = new Map<string, HostEndpoint[]>();
  readonly #workloads: Readonly<Record<Direction, Map<WorkloadEndpoint, Section>>> = {
    ingress: new Map(),
    egress: new Map(),
  };
  readonly #compiled = new Map<HostEndpoint, CompiledHostEndpoint>();
  readonly #pending = new Map<Endpoint, Map<string, Pending>>();
  readonly #requests = new Map<WorkloadEndpoint, RequestPolicy>();

  /** What `before` has compiled and is the same here is not compiled again. */
  constructor(model: Model, before?: Cluster) {
    this.#model = model;
    this.#compiler = new PolicyCompiler(model, before ? before.#compiler : undefined);
    for (const endpoint of [...model.workloads].sort(compareWorkloads)) {
      this.#place(endpoint.addresses, { at: "workload", node: endpoint.node, endpoint });
    }
    for (const host of [...model.hosts].sort(byName)) {
      this.#hosts.set(host.name, host);
      for (const face of host.interfaces) {
        this.#place(face.addresses, { at: "host", node: host.name, interface: face });
      }
    }
    for (const endpoint of model.hostEndpoints) {
      once(this.#hostEndpoints, endpoint.node, () => []).push(endpoint);
    }
  }

  /** Who has `address`: of several, a workload before a host, then the lowest name. */
  placeOf(address: Address): Place {
    return this.#places.get(formatAddress(address)) ?? OUTSIDE;
  }

  /** The interface by which a node's packets of a family leave and arrive. */
  uplinkOf(node: string, family: Family): HostInterface {
    const interfaces = this.#hosts.get(node)?.interfaces ?? [];
    const hasFamily = (face: HostInterface) =>
      face.addresses.some((address) => address.family === family);
    return interfaces.find(hasFamily) ?? interfaces[0] ?? UNKNOWN_INTERFACE;
  }

  configurationOf(node: string): Configuration {
    return configurationOf(this.#model, node);
  }

  workload(endpoint: WorkloadEndpoint, direction: Direction): Section {
    return once(this.#workloads[direction], endpoint, () =>
      this.#compiler.workloadSection(endpoint, direction),
    );
  }

  /** A list as it would be with its staged policies; undefined where none governs the direction. */
  pending(endpoint: Endpoint, list: PolicyList, direction: Direction): Section | undefined {
    const lists = once(this.#pending, endpoint, () => new Map<string, Pending>());
    const section = () => this.#compiler.pending(endpoint, list, direction);
    return once(lists, `${list} ${direction}`, () => ({ section: section() })).section;
  }

  /** Every policy of a list by tier, staged ones among them, in the order in which they are read. */
  policies(endpoint: Endpoint, list: PolicyList): readonly ListedTier<Policy>[] {
    return this.#compiler.policies(endpoint, list);
  }

  /** A rule by itself; undefined for one that matches nothing. */
  rule(rule: Rule): RequestRule | undefined {
    return this.#compiler.rule(rule);
  }

  requests(endpoint: WorkloadEndpoint): RequestPolicy {
    return once(this.#requests, endpoint, () => this.#compiler.requests(endpoint));
  }

  /** The labels of a namespace; none when it is not known. */
  namespaceLabels(name: string): Labels {
    return this.#model.namespaces.get(name) ?? NO_LABELS;
  }

  /** The labels of a service account; none when it is not known. */
  serviceAccountLabels(namespace: string, name: string): Labels {
    return this.#model.serviceAccounts.get(`${namespace}/${name}`) ?? NO_LABELS;
  }

  /** What governs an interface of a node; "workload" stands for any workload's. */
  hostEndpoint(node: string, face: HostInterface | "workload"): CompiledHostEndpoint | undefined {
    const endpoints = this.#hostEndpoints.get(node) ?? [];
    const found = face === "workload" ? wildcard(endpoints) : governing(endpoints, face);
    return found && once(this.#compiled, found, () => this.#compiler.hostEndpoint(found));
  }

  #place(addresses: readonly Address[], place: Place): void {
    for (const address of addresses) once(this.#places, formatAddress(address), () => place);
  }
}
