import type { Host, HostEndpoint, NetworkSet, WorkloadEndpoint } from "./endpoint.ts";
import type { Policy, Profile, Tier } from "./policy.ts";

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
