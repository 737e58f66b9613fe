/** From resources to the model of a cluster: what each of them means to policy, all together. */

import type { Address } from "../net/address.ts";
import type { GlobalNetworkSetResource } from "../resources/global-network-set.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { NetworkSetResource } from "../resources/network-set.ts";
import { DEFAULT_TIER_ORDER, type TierResource } from "../resources/tier.ts";
import type { Labels } from "../selector/selector.ts";
import { DEFAULT_CONFIGURATION } from "./configuration.ts";
import { convertHostEndpoint, hostsOf, nodeAddresses } from "./convert-host.ts";
import { convertKubernetesPolicy } from "./convert-kubernetes-policy.ts";
import { convertPolicy } from "./convert-policy.ts";
import { allowsAll, BUILT_IN_PROFILE, convertProfile } from "./convert-profile.ts";
import { readNets } from "./convert-rule.ts";
import { convertPod, convertWorkloadEndpoint } from "./convert-workload.ts";
import type { HostEndpoint, NetworkSet, WorkloadEndpoint } from "./endpoint.ts";
import {
  handedOn,
  NAMESPACE_LABEL,
  NAMESPACE_PREFIX,
  namespaceProfile,
  ownLabels,
  type ProfileLabels,
  SERVICE_ACCOUNT_PREFIX,
  serviceAccountProfile,
  withInherited,
} from "./labels.ts";
import type { Model, Problem } from "./model.ts";
import type { Policy, Profile, Tier } from "./policy.ts";
import { type Report, reportOn } from "./problems.ts";

/** The tiers that exist whether or not they are listed (resources.md §3). */
const BUILT_IN_TIERS: readonly Tier[] = [
  { name: "kube-admin", order: 1000, defaultAction: "Pass" },
  { name: "default", order: DEFAULT_TIER_ORDER, defaultAction: "Deny" },
  { name: "kube-baseline", order: 10_000_000, defaultAction: "Pass" },
];

/**
 * The model of the cluster that has exactly these resources, in any order. They have passed
 * validation and have their defaults. What nevertheless cannot be in force as written is in
 * `problems`, and never lets more pass than what was meant.
 */
export function modelOf(resources: Iterable<AnyResource>): Model {
  const all = [...resources];
  const problems: Problem[] = [];
  const profiles = profilesOf(all, problems);
  const labels = profileLabelsOf(all);
  const workloads: WorkloadEndpoint[] = [];
  const hostEndpoints: HostEndpoint[] = [];
  const networkSets: NetworkSet[] = [];
  const policies: ReportedPolicy[] = [];
  const nodes = new Map<string, Address[]>();
  const tiers = new Map(BUILT_IN_TIERS.map((tier) => [tier.name, tier]));

  for (const resource of all) {
    const report = reportOn(resource, problems);
    switch (resource.kind) {
      case "Pod": {
        const workload = convertPod(resource, labels, report);
        if (workload) workloads.push(workload);
        break;
      }
      case "WorkloadEndpoint": {
        const workload = convertWorkloadEndpoint(resource, labels, report);
        if (workload) workloads.push(workload);
        break;
      }
      case "HostEndpoint":
        hostEndpoints.push(convertHostEndpoint(resource, labels, report));
        break;
      case "NetworkSet":
      case "GlobalNetworkSet":
        networkSets.push(convertNetworkSet(resource, labels, report));
        break;
      case "NetworkPolicy":
        policies.push({
          policy:
            resource.apiVersion === "networking.k8s.io/v1"
              ? convertKubernetesPolicy(resource, report)
              : convertPolicy(resource, report),
          report,
        });
        break;
      case "GlobalNetworkPolicy":
        policies.push({ policy: convertPolicy(resource, report), report });
        break;
      case "Tier":
        tiers.set(resource.metadata.name, convertTier(resource));
        break;
      case "Node":
        nodes.set(resource.metadata.name, nodeAddresses(resource));
        break;
      case "Namespace":
      case "ServiceAccount":
      case "Profile": // Read above: endpoints inherit from them.
        break;
      case "AdminNetworkPolicy":
      case "BaselineAdminNetworkPolicy":
      case "ClusterNetworkPolicy":
      case "EndpointSlice":
      case "Service":
      case "StagedGlobalNetworkPolicy":
      case "StagedKubernetesNetworkPolicy":
      case "StagedNetworkPolicy":
        break;
    }
  }
  reportMissing({ policies, tiers, workloads, profiles }, problems);
  return {
    workloads,
    hostEndpoints,
    networkSets,
    profiles,
    tiers: [...tiers.values()],
    policies: policies.map(({ policy }) => policy),
    hosts: hostsOf(nodes, hostEndpoints),
    services: [],
    namespaces: new Map(),
    serviceAccounts: new Map(),
    configuration: DEFAULT_CONFIGURATION,
    nodeConfigurations: new Map(),
    problems,
  };
}

/** Profiles as listed, and those that namespaces and service accounts stand for. */
function profilesOf(all: readonly AnyResource[], problems: Problem[]): Map<string, Profile> {
  const profiles = new Map<string, Profile>();
  const add = (profile: Profile) => profiles.set(profile.name, profile);
  for (const resource of all) {
    if (resource.kind === "Profile") add(convertProfile(resource, reportOn(resource, problems)));
  }
  for (const { kind, metadata } of all) {
    const { name, namespace = "default" } = metadata;
    if (kind === "Namespace") add(allowsAll(namespaceProfile(name)));
    if (kind === "ServiceAccount") {
      add({ name: serviceAccountProfile(namespace, name), ingress: [], egress: [] });
    }
  }
  return add(allowsAll(BUILT_IN_PROFILE));
}

/** The labels that each profile hands on. */
function profileLabelsOf(all: readonly AnyResource[]): ProfileLabels {
  const labels = new Map<string, Labels>();
  for (const resource of all) {
    const { name } = resource.metadata;
    if (resource.kind === "Profile") labels.set(name, ownLabels(resource.spec.labelsToApply));
  }
  for (const { kind, metadata } of all) {
    const { name, namespace = "default", labels: own } = metadata;
    if (kind === "Namespace") {
      labels.set(namespaceProfile(name), handedOn(own, NAMESPACE_PREFIX, name));
    }
    if (kind === "ServiceAccount") {
      const profile = serviceAccountProfile(namespace, name);
      labels.set(profile, handedOn(own, SERVICE_ACCOUNT_PREFIX, name));
    }
  }
  labels.delete(BUILT_IN_PROFILE);
  return labels;
}

function convertNetworkSet(
  { kind, metadata, spec }: NetworkSetResource | GlobalNetworkSetResource,
  inherited: ProfileLabels,
  report: Report,
): NetworkSet {
  const { name } = metadata;
  const nets = readNets(spec.nets, "spec.nets", report) ?? [];
  const own = ownLabels(metadata.labels);
  if (kind === "GlobalNetworkSet") {
    return { kind: "NetworkSet", namespace: "", name, labels: own, nets };
  }
  const { namespace = "default" } = metadata;
  own.set(NAMESPACE_LABEL, namespace);
  const labels = withInherited(own, [namespaceProfile(namespace)], inherited);
  return { kind: "NetworkSet", namespace, name, labels, nets };
}

function convertTier({ metadata, spec }: TierResource): Tier {
  return {
    name: metadata.name,
    order: spec.order ?? DEFAULT_TIER_ORDER,
    defaultAction: spec.defaultAction === "Pass" ? "Pass" : "Deny",
  };
}

interface ReportedPolicy {
  readonly policy: Policy;
  readonly report: Report;
}

interface Named {
  readonly policies: readonly ReportedPolicy[];
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly workloads: readonly WorkloadEndpoint[];
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** What is named and is not there: both deny, which is hard to see from the manifests. */
function reportMissing({ policies, tiers, workloads, profiles }: Named, problems: Problem[]): void {
  for (const { policy, report } of policies) {
    if (tiers.has(policy.tier)) continue;
    report(
      "spec.tier",
      `tier "${policy.tier}" does not exist: the policy is read last, and denies at its end`,
    );
  }
  const namespaces = new Set(
    workloads
      .filter((one) => one.profiles.includes(namespaceProfile(one.namespace)))
      .map((one) => one.namespace)
      .filter((namespace) => !profiles.has(namespaceProfile(namespace))),
  );
  for (const name of [...namespaces].sort()) {
    const message = "the namespace does not exist: its pods are denied what no policy allows";
    const object = { apiVersion: "v1", kind: "Namespace", namespace: "", name };
    problems.push({ ...object, path: "", message });
  }
}
