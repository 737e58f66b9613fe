/** Objects as the reference flattens them for its data path, against those of the model. */

import type { KubernetesNetworkPolicyResource } from "../../src/core/resources/kubernetes-network-policy.ts";
import { type Flat, flats, text } from "./effective-selectors/flat-rule.ts";
import {
  checkHostEndpoint,
  checkNetworkSet,
  checkProfile,
  checkTier,
  checkWorkloadEndpoint,
  refusesWorkloadEndpoint,
} from "./effective-selectors/object-case.ts";
import { checkPolicy, checkRules, isStillPreviewed } from "./effective-selectors/policy-case.ts";
import { type Family, type Finding, judge, type VectorCase } from "./family.ts";
import { policyFault } from "./k8s-conversion/faults.ts";
import { isMisread, MAPPED } from "./misread.ts";

export const effectiveSelectors: Family = {
  name: "effective-selectors",
  file: "effective-selectors.json",
  run: ({ cases }) => judge<FlatCase>(cases, check),
};

interface FlatCase extends VectorCase {
  readonly fn: string;
  readonly input: Flat;
  readonly expected: Flat;
}

/** The kinds of objects by the name of the conversion. */
const KINDS: Readonly<Record<string, string>> = {
  networkpolicy: "NetworkPolicy",
  globalnetworkpolicy: "GlobalNetworkPolicy",
  stagednetworkpolicy: "StagedNetworkPolicy",
  stagedglobalnetworkpolicy: "StagedGlobalNetworkPolicy",
  stagedkubernetesnetworkpolicy: "StagedKubernetesNetworkPolicy",
  tier: "Tier",
  networkset: "NetworkSet",
  globalnetworkset: "GlobalNetworkSet",
  hostendpoint: "HostEndpoint",
  workloadendpoint: "WorkloadEndpoint",
};

function check(one: FlatCase): Finding {
  const finding = checkAs(one);
  if (finding !== undefined && isMisread(one)) return { purpose: MAPPED };
  return finding;
}

function checkAs({ fn, input, expected }: FlatCase): Finding {
  if (fn === "profile") return checkProfileCase(input, expected);
  const value = (expected.value ?? null) as Flat | null;
  const namespace = text(input.namespace);
  if (fn === "rule") return checkRules([input.rule as Flat], namespace, value ? [value] : []);
  if (fn === "rules") return checkRules(flats(input.rules), namespace, flats(expected.value));
  const kind = KINDS[fn];
  if (kind === undefined) return `no conversion is called ${fn}`;
  if (expected.error === true) return isRefused(kind, input) ? undefined : "converted";
  return checkObject(kind, input, value, (expected.key ?? {}) as Flat);
}

function checkObject(kind: string, input: Flat, value: Flat | null, key: Flat): Finding {
  if (kind === "WorkloadEndpoint") return checkWorkloadEndpoint(input, value);
  if (kind.endsWith("Policy")) {
    const purpose = isStillPreviewed(input, value);
    if (purpose !== undefined) return { purpose };
    const finding = checkPolicy(input, value);
    return kind === "StagedKubernetesNetworkPolicy" ? withFault(finding, input) : finding;
  }
  if (!value) return `${kind} is never left out`;
  if (kind === "HostEndpoint") return checkHostEndpoint(input, value, key);
  return kind === "Tier" ? checkTier(input, value) : checkNetworkSet(input, value);
}

/** A staged policy of Kubernetes' is read as its NetworkPolicy is, faults and all. */
function withFault(finding: Finding, policy: Flat): Finding {
  const fault = policyFault(policy as unknown as KubernetesNetworkPolicyResource);
  return finding !== undefined && fault !== undefined ? { purpose: fault } : finding;
}

/** Objects of another kind, and endpoints that cannot be read. */
function isRefused(kind: string, input: Flat): boolean {
  if (input.kind !== kind) return true;
  return kind === "WorkloadEndpoint" && refusesWorkloadEndpoint(input);
}

/** The key that a profile comes under has to be a profile's, with a name. */
function checkProfileCase({ resource, key }: Flat, expected: Flat): Finding {
  const { Kind: kind, Name: name } = (key ?? {}) as Flat;
  const isKey = kind === "Profile" && text(name) !== "";
  if (expected.error === true) return isKey ? "converted" : undefined;
  return checkProfile((resource ?? null) as Flat | null, key as Flat, flats(expected.kvps));
}
