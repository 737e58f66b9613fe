/** Changes of what policy is calculated from, one object at a time. */
import type { Labels } from "../selector/selector.ts";
import type { HostEndpoint, NetworkSet, WorkloadEndpoint } from "./endpoint.ts";
import type { Policy, Profile, Tier } from "./policy.ts";
import type { Service } from "./service.ts";

/**
 * One object as it is now; without a value there is no such object (any more), or none that is valid.
 *
 * `key` tells an object from every other of its part (workloads and host endpoints being one), and
 * stays the same for the object's life. The key of a profile, its labels, a tier is its name, that of a service `namespace/name`. Endpoints and
 * network sets come with their own labels only: what profiles hand on is added by whoever calculates.
 */
export type ModelUpdate =
  | Update<"workload", WorkloadEndpoint>
  | Update<"hostEndpoint", HostEndpoint>
  | Update<"networkSet", NetworkSet>
  | Update<"policy", Policy>
  | Update<"tier", Tier>
  | Update<"profile", Profile>
  | Update<"profileLabels", Labels>
  | Update<"service", Service>;

interface Update<Part extends string, Value> {
  readonly part: Part;
  readonly key: string;
  readonly value: Value | undefined;
}
