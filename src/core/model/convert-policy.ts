/** The policies of projectcalico.org, staged or not, as policies of the model. */
import type { GlobalNetworkPolicyResource } from "../resources/global-network-policy.ts";
import type { NetworkPolicyResource } from "../resources/network-policy.ts";
import type { StagedGlobalNetworkPolicyResource } from "../resources/staged-global-network-policy.ts";
import type { StagedNetworkPolicyResource } from "../resources/staged-network-policy.ts";
import { type ConvertedRules, convertRules } from "./convert-rule.ts";
import { globalSelector, namespacedSelector } from "./effective-selector.ts";
import type { Direction, Policy } from "./policy.ts";
import type { Report } from "./problems.ts";

/** The tier of policies that name none. */
export const DEFAULT_TIER = "default";

type NamespacedPolicy = NetworkPolicyResource | StagedNetworkPolicyResource;
type GlobalPolicy = GlobalNetworkPolicyResource | StagedGlobalNetworkPolicyResource;

/**
 * The policy as it is enforced, or would be. A selector that cannot be read counts as one that selects
 * everything in the policy's reach, and leaves the policy unenforceable: it denies what it governs.
 */
export function convertPolicy(policy: NamespacedPolicy | GlobalPolicy, report: Report): Policy {
  const { kind, metadata, spec } = policy;
  const namespace = isGlobal(policy) ? "" : (metadata.namespace ?? "default");
  const faults: string[] = [];
  const noting: Report = (path, message) => {
    report(path, message);
    faults.push(`${path}: ${message}`);
  };
  const selector = isGlobal(policy)
    ? globalSelector(policy.spec, noting)
    : namespacedSelector(policy.spec, namespace, noting);
  const types = directionsOf(spec.types);
  const ingress = convertRules(spec.ingress, "ingress", namespace, report);
  const egress = convertRules(spec.egress, "egress", namespace, report);
  const unenforceable = faults[0] ?? reasonIn({ ingress, egress }, types);
  const flags = isGlobal(policy) ? policy.spec : {};
  return {
    kind,
    namespace,
    name: metadata.name,
    tier: spec.tier || DEFAULT_TIER,
    order: spec.order ?? Number.POSITIVE_INFINITY,
    selector,
    types,
    ingress: ingress.rules,
    egress: egress.rules,
    doNotTrack: flags.doNotTrack ?? false,
    preDNAT: flags.preDNAT ?? false,
    applyOnForward: flags.applyOnForward ?? false,
    staged: kind.startsWith("Staged"),
    ...(unenforceable !== undefined && { unenforceable }),
  };
}

function isGlobal(policy: NamespacedPolicy | GlobalPolicy): policy is GlobalPolicy {
  return policy.kind === "GlobalNetworkPolicy" || policy.kind === "StagedGlobalNetworkPolicy";
}

/** evaluation.md §2, 3: "empty types = both". Defaults have filled them in for what users write. */
function directionsOf(types: readonly string[] | undefined): ReadonlySet<Direction> {
  if (!types || types.length === 0) return new Set(["ingress", "egress"]);
  return new Set(types.map((type) => (type === "Ingress" ? "ingress" : "egress")));
}

/** Rules of a direction that is not governed are inert, whatever they ask for. */
function reasonIn(
  rules: Readonly<Record<Direction, ConvertedRules>>,
  types: ReadonlySet<Direction>,
): string | undefined {
  const directions = (["ingress", "egress"] as const).filter((direction) => types.has(direction));
  return directions.map((direction) => rules[direction].unenforceable).find((why) => why);
}
