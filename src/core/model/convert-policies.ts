/** Every kind of policy as policies of the model. */
import type { AnyResource } from "../resources/kinds.ts";
import type { PeerContext } from "./admin-peer.ts";
import { convertAdminPolicy } from "./convert-admin-policy.ts";
import { convertKubernetesPolicy } from "./convert-kubernetes-policy.ts";
import { convertPolicy } from "./convert-policy.ts";
import type { Problem } from "./model.ts";
import type { Policy } from "./policy.ts";
import { type Report, reportOn } from "./problems.ts";

/** The policies among `all`. One whose tier is not in `tiers` is reported: it denies, read last. */
export function policiesOf(
  all: readonly AnyResource[],
  context: PeerContext,
  tiers: ReadonlySet<string>,
  problems: Problem[],
): Policy[] {
  return all.flatMap((resource) => {
    const report = reportOn(resource, problems);
    const policy = policyOf(resource, context, report);
    if (policy && !tiers.has(policy.tier)) {
      const read = "the policy is read last, and denies at its end";
      report("spec.tier", `tier "${policy.tier}" does not exist: ${read}`);
    }
    return policy ? [policy] : [];
  });
}

/** Undefined for what is no policy, and for a staged one that only announces a deletion. */
function policyOf(resource: AnyResource, context: PeerContext, report: Report): Policy | undefined {
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
    default:
      return undefined;
  }
}
