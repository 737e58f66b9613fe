/** From resources to the model of a cluster: what each of them means to policy, all together. */

import type { AnyResource } from "../resources/kinds.ts";
import { byName } from "../text/byte-order.ts";
import type { PeerOptions } from "./admin-peer.ts";
import { configurationsOf } from "./convert-configuration.ts";
import { convertHostEndpoint, convertNode, hostsOf } from "./convert-host.ts";
import { convertNetworkSet } from "./convert-network-set.ts";
import { policiesOf } from "./convert-policies.ts";
import { profilesOf } from "./convert-profile.ts";
import { servicesOf } from "./convert-service.ts";
import { BUILT_IN_TIERS, convertTier } from "./convert-tier.ts";
import { convertPod, convertWorkloadEndpoint } from "./convert-workload.ts";
import type { HostEndpoint, NetworkSet, WorkloadEndpoint } from "./endpoint.ts";
import { identitiesOf, inheriting, inNamespace, namespaceProfile } from "./labels.ts";
import { missingNamespace, needsNamespace } from "./missing-namespace.ts";
import type { Model, Problem } from "./model.ts";
import type { Profile } from "./policy.ts";
import { reportOn } from "./problems.ts";

/**
 * The model of the cluster that has exactly these resources, in any order. They have passed
 * validation and have their defaults. What nevertheless cannot be in force as written is in
 * `problems`, and never lets more pass than what was meant. `options` are for peers of administrators'
 * policies that implementations read differently.
 */
export function modelOf(resources: Iterable<AnyResource>, options: PeerOptions = {}): Model {
  const all = [...resources];
  const problems: Problem[] = [];
  const { profiles, labels } = profilesOf(all, problems);
  const workloads: WorkloadEndpoint[] = [];
  const hostEndpoints: HostEndpoint[] = [];
  const networkSets: NetworkSet[] = [];

  for (const resource of all) {
    const report = reportOn(resource, problems);
    switch (resource.kind) {
      case "Pod": {
        const workload = convertPod(resource, report);
        if (workload) workloads.push(inheriting(workload, labels));
        break;
      }
      case "WorkloadEndpoint": {
        const workload = convertWorkloadEndpoint(resource, report);
        if (workload) workloads.push(inheriting(workload, labels));
        break;
      }
      case "HostEndpoint":
        hostEndpoints.push(inheriting(convertHostEndpoint(resource, report), labels));
        break;
      case "NetworkSet":
      case "GlobalNetworkSet":
        networkSets.push(inNamespace(convertNetworkSet(resource, report), labels));
        break;
    }
  }
  const written = ofKind(all, "Tier").map(convertTier);
  const tiers = new Map([...BUILT_IN_TIERS, ...written].map((tier) => [tier.name, tier]));
  const nodes = ofKind(all, "Node").map(convertNode).sort(byName);
  const peers = { ...options, knownNodes: nodes };
  const policies = policiesOf(all, peers, new Set(tiers.keys()), problems);
  reportMissing(workloads, profiles, problems);
  return {
    workloads,
    hostEndpoints,
    networkSets,
    profiles,
    tiers: [...tiers.values()],
    policies,
    hosts: hostsOf(nodes, hostEndpoints),
    services: servicesOf(ofKind(all, "EndpointSlice")),
    ...identitiesOf(labels),
    ...configurationsOf(ofKind(all, "FelixConfiguration"), nodes, problems),
    problems,
  };
}

function ofKind<K extends AnyResource["kind"]>(
  all: readonly AnyResource[],
  kind: K,
): Extract<AnyResource, { readonly kind: K }>[] {
  return all.filter((one): one is Extract<AnyResource, { readonly kind: K }> => one.kind === kind);
}

/** A namespace that is not there denies, which is hard to see from the manifests. */
function reportMissing(
  workloads: readonly WorkloadEndpoint[],
  profiles: ReadonlyMap<string, Profile>,
  problems: Problem[],
): void {
  const needed = new Set(workloads.filter(needsNamespace).map(({ namespace }) => namespace));
  const missing = [...needed].filter((namespace) => !profiles.has(namespaceProfile(namespace)));
  problems.push(...missing.sort().map(missingNamespace));
}
