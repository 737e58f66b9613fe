import type { Labels } from "../selector/selector.ts";
import { type Configuration, DEFAULT_CONFIGURATION } from "./configuration.ts";
import type { Host, HostEndpoint, NetworkSet, WorkloadEndpoint } from "./endpoint.ts";
import type { Policy, Profile, Tier } from "./policy.ts";
import type { Service } from "./service.ts";

/**
 * A whole cluster in validated form. Built from resources by `convert.ts`; the order of its lists
 * carries no meaning and never changes a verdict.
 */
export interface Model {
  readonly workloads: readonly WorkloadEndpoint[];
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly networkSets: readonly NetworkSet[];
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
  readonly hosts: readonly Host[];
  readonly services: readonly Service[];
  /** The labels of each namespace, by name, its name among them: for requests (evaluation.md §13). */
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** The labels of each service account, by `namespace/name`. */
  readonly serviceAccounts: ReadonlyMap<string, Labels>;
  /** What holds on every node. */
  readonly configuration: Configuration;
  /** What holds on nodes that have settings of their own, by node. */
  readonly nodeConfigurations: ReadonlyMap<string, Configuration>;
  readonly problems: readonly Problem[];
}

/** Something in a resource that is not in force as written. */
export interface Problem {
  /** With the kind it says which resource: two API groups have a NetworkPolicy. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The field, e.g. `spec.ingress[2].http`, or "" for the whole object. */
  readonly path: string;
  readonly message: string;
}

/** A cluster with nothing in it, not even the built-in tiers. */
export const EMPTY_MODEL: Model = {
  workloads: [],
  hostEndpoints: [],
  networkSets: [],
  profiles: new Map(),
  tiers: [],
  policies: [],
  hosts: [],
  services: [],
  namespaces: new Map(),
  serviceAccounts: new Map(),
  configuration: DEFAULT_CONFIGURATION,
  nodeConfigurations: new Map(),
  problems: [],
};
