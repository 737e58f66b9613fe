/** Every kind of policy as policies of the model. */
import type { GlobalNetworkPolicyResource } from "../resources/global-network-policy.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { KubernetesNetworkPolicyResource } from "../resources/kubernetes-network-policy.ts";
import type { NetworkPolicyResource } from "../resources/network-policy.ts";
import type { StagedGlobalNetworkPolicyResource } from "../resources/staged-global-network-policy.ts";
import type { StagedKubernetesNetworkPolicyResource } from "../resources/staged-kubernetes-network-policy.ts";
import type { StagedNetworkPolicyResource } from "../resources/staged-network-policy.ts";
import type { PeerContext } from "./admin-peer.ts";
import { type AdminPolicyResource, convertAdminPolicy } from "./convert-admin-policy.ts";
import { convertKubernetesPolicy } from "./convert-kubernetes-policy.ts";
import { convertPolicy } from "./convert-policy.ts";
import type { Problem } from "./model.ts";
import type { Policy } from "./policy.ts";
import { type Report, reportOn } from "./problems.ts";

/** The kinds that are policies. */
export type PolicyResource =
  | AdminPolicyResource
  | KubernetesNetworkPolicyResource
  | NetworkPolicyResource
  | GlobalNetworkPolicyResource
  | StagedNetworkPolicyResource
  | StagedGlobalNetworkPolicyResource
  | StagedKubernetesNetworkPolicyResource;

/** The policies among `all`. One whose tier is not in `tiers` is reported: it denies, read last. */
export function policiesOf(
  all: readonly AnyResource[],
  context: PeerContext,
  tiers: ReadonlySet<string>,
  problems: Problem[],
): Policy[] {
  return all.filter(isPolicy).flatMap((resource) => {
    const report = reportOn(resource, problems);
    const policy = convertAnyPolicy(resource, context, report);
    if (policy && !tiers.has(policy.tier)) reportTier(policy.tier, report);
    return policy ? [policy] : [];
  });
}

/** Reports that the tier of a policy is not there. */
export function reportTier(tier: string, report: Report): void {
  const read = "the policy is read last, and denies at its end";
  report("spec.tier", `tier "${tier}" does not exist: ${read}`);
}

const POLICY_KINDS: ReadonlySet<string> = new Set<PolicyResource["kind"]>([
  "NetworkPolicy",
  "GlobalNetworkPolicy",
  "StagedNetworkPolicy",
  "StagedGlobalNetworkPolicy",
  "StagedKubernetesNetworkPolicy",
  "ClusterNetworkPolicy",
  "AdminNetworkPolicy",
  "BaselineAdminNetworkPolicy",
]);

export function isPolicy(resource: AnyResource): resource is PolicyResource {
  return POLICY_KINDS.has(resource.kind);
}

/** Whether what the policy means depends on which nodes there are. */
export function namesNodes(resource: PolicyResource): boolean {
  switch (resource.kind) {
    case "ClusterNetworkPolicy":
    case "AdminNetworkPolicy":
    case "BaselineAdminNetworkPolicy": {
      const { egress = [] } = resource.spec;
      return egress.some(({ to }) => to.some(({ nodes }) => nodes !== undefined));
    }
    default:
      return false;
  }
}

/**
 * The policy. Undefined for a staged one that only announces a deletion, and for an administrator's
 * that nothing says whom it governs.
 */
export function convertAnyPolicy(
  resource: PolicyResource,
  context: PeerContext,
  report: Report,
): Policy | undefined {
  switch (resource.kind) {
    case "NetworkPolicy":
      return resource.apiVersion === "networking.k8s.io/v1"
        ? convertKubernetesPolicy(resource, report)
        : convertPolicy(resource, report);
    case "GlobalNetworkPolicy":
      return convertPolicy(resource, report);
    case "StagedNetworkPolicy":
    case "StagedGlobalNetworkPolicy":
      if (resource.spec.stagedAction === "Delete") return undefined;
      return convertPolicy(resource, report);
    case "StagedKubernetesNetworkPolicy":
      if (resource.spec.stagedAction === "Delete") return undefined;
      return convertKubernetesPolicy(resource, report);
    case "ClusterNetworkPolicy":
    case "AdminNetworkPolicy":
    case "BaselineAdminNetworkPolicy":
      return convertAdminPolicy(resource, context, report);
  }
}
