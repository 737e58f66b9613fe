/** Every kind that is served or read, found by what a manifest calls it. */
import { type AdminNetworkPolicyResource, adminNetworkPolicy } from "./admin-network-policy.ts";
import {
  type BaselineAdminNetworkPolicyResource,
  baselineAdminNetworkPolicy,
} from "./baseline-admin-network-policy.ts";
import {
  type ClusterNetworkPolicyResource,
  clusterNetworkPolicy,
} from "./cluster-network-policy.ts";
import { type EndpointSliceResource, endpointSlice } from "./endpoint-slice.ts";
import { type FelixConfigurationResource, felixConfiguration } from "./felix-configuration.ts";
import { type GlobalNetworkPolicyResource, globalNetworkPolicy } from "./global-network-policy.ts";
import { type GlobalNetworkSetResource, globalNetworkSet } from "./global-network-set.ts";
import { type HostEndpointResource, hostEndpoint } from "./host-endpoint.ts";
import {
  type KubernetesNetworkPolicyResource,
  kubernetesNetworkPolicy,
} from "./kubernetes-network-policy.ts";
import { type NamespaceResource, namespace } from "./namespace.ts";
import { type NetworkPolicyResource, networkPolicy } from "./network-policy.ts";
import { type NetworkSetResource, networkSet } from "./network-set.ts";
import { type NodeResource, node } from "./node.ts";
import { type PodResource, pod } from "./pod.ts";
import { type PolicyTestResource, policyTest } from "./policy-test.ts";
import { type ProfileResource, profile } from "./profile.ts";
import type { ResourceKind } from "./resource.ts";
import { type ServiceResource, service } from "./service.ts";
import { type ServiceAccountResource, serviceAccount } from "./service-account.ts";
import {
  type StagedGlobalNetworkPolicyResource,
  stagedGlobalNetworkPolicy,
} from "./staged-global-network-policy.ts";
import {
  type StagedKubernetesNetworkPolicyResource,
  stagedKubernetesNetworkPolicy,
} from "./staged-kubernetes-network-policy.ts";
import { type StagedNetworkPolicyResource, stagedNetworkPolicy } from "./staged-network-policy.ts";
import { type TierResource, tier } from "./tier.ts";
import { type WorkloadEndpointResource, workloadEndpoint } from "./workload-endpoint.ts";

/** An object of any kind; `apiVersion` and `kind` together tell which. */
export type AnyResource =
  | AdminNetworkPolicyResource
  | BaselineAdminNetworkPolicyResource
  | ClusterNetworkPolicyResource
  | EndpointSliceResource
  | FelixConfigurationResource
  | GlobalNetworkPolicyResource
  | GlobalNetworkSetResource
  | HostEndpointResource
  | KubernetesNetworkPolicyResource
  | NamespaceResource
  | NetworkPolicyResource
  | NetworkSetResource
  | NodeResource
  | PodResource
  | PolicyTestResource
  | ProfileResource
  | ServiceAccountResource
  | ServiceResource
  | StagedGlobalNetworkPolicyResource
  | StagedKubernetesNetworkPolicyResource
  | StagedNetworkPolicyResource
  | TierResource
  | WorkloadEndpointResource;

/** Every kind that is served and read. Of two that share a short name the first is meant by it. */
export const KINDS: readonly ResourceKind[] = [
  namespace,
  node,
  pod,
  service,
  serviceAccount,
  endpointSlice,
  kubernetesNetworkPolicy,
  felixConfiguration,
  globalNetworkPolicy,
  globalNetworkSet,
  hostEndpoint,
  networkPolicy,
  networkSet,
  profile,
  stagedGlobalNetworkPolicy,
  stagedKubernetesNetworkPolicy,
  stagedNetworkPolicy,
  tier,
  workloadEndpoint,
  adminNetworkPolicy,
  baselineAdminNetworkPolicy,
  clusterNetworkPolicy,
  policyTest,
];

/** The kinds that verdicts depend on: all but those that only speak of verdicts. */
export const VERDICT_KINDS: readonly ResourceKind[] = KINDS.filter((kind) => kind !== policyTest);

/** The kind that a manifest names by exactly these two fields. */
export function kindOf(apiVersion: string, kind: string): ResourceKind | undefined {
  return KINDS.find((known) => known.kind === kind && apiVersionOf(known) === apiVersion);
}

/** `projectcalico.org/v3`; for the core group `v1` alone. */
export function apiVersionOf({ group, version }: Pick<ResourceKind, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}
