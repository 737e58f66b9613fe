/** Kubernetes objects as the reference converts them to its own, against those of the model. */

import type { ClusterNetworkPolicyResource } from "../../src/core/resources/cluster-network-policy.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import type { KubernetesNetworkPolicyResource } from "../../src/core/resources/kubernetes-network-policy.ts";
import type { KubernetesNetworkPolicyPeer } from "../../src/core/resources/kubernetes-peer.ts";
import type { LabelSelector } from "../../src/core/resources/label-selector.ts";
import type { NamespaceResource } from "../../src/core/resources/namespace.ts";
import type { PodResource } from "../../src/core/resources/pod.ts";
import type { ServiceAccountResource } from "../../src/core/resources/service-account.ts";
import { type Family, type Finding, judge, type VectorCase } from "./family.ts";
import { clusterPolicyFault, podFault, policyFault, uidFault } from "./k8s-conversion/faults.ts";
import {
  checkLabelSelector,
  checkPeer,
  checkPod,
  checkPorts,
  checkProfile,
  type ExpectedEndpoint,
} from "./k8s-conversion/object-case.ts";
import { checkClusterNetworkPolicy, checkNetworkPolicy } from "./k8s-conversion/policy-case.ts";
import {
  accountOfProfile,
  derivedUid,
  namespaceOfProfile,
  workloadNameParts,
} from "./k8s-conversion/reference-names.ts";
import { isMisread, MAPPED } from "./misread.ts";
import { difference } from "./plain-policy.ts";

export const k8sConversion: Family = {
  name: "k8s-conversion",
  file: "k8s-conversion.json",
  run: ({ cases }) => judge<ConversionCase>(cases, check),
};

// Each conversion has its own shapes, written down in the vectors' README.
interface ConversionCase extends VectorCase {
  readonly fn: string;
  readonly input: unknown;
  readonly expected: Readonly<Record<string, unknown>>;
}

type Ports = readonly (number | string)[];

interface LabelSelectorInput {
  readonly labelSelector: LabelSelector | null;
  readonly type: "pod" | "namespace";
}

function check(one: ConversionCase): Finding {
  const finding = checkAs(one);
  return finding !== undefined && isMisread(one) ? { purpose: MAPPED } : finding;
}

function checkAs({ fn, input, expected }: ConversionCase): Finding {
  const isError = (expected.error as { readonly kind?: string } | undefined)?.kind === "error";
  switch (fn) {
    case "networkpolicy": {
      const policy = withoutNulls(input) as KubernetesNetworkPolicyResource;
      return withFault(checkNetworkPolicy(policy, expected), policyFault(policy));
    }
    case "clusternetworkpolicy": {
      const policy = withoutNulls(input) as ClusterNetworkPolicyResource;
      return withFault(checkClusterNetworkPolicy(policy, expected), clusterPolicyFault(policy));
    }
    case "pod": {
      const pod = withoutNulls(input) as PodResource;
      const [endpoint] = (expected.endpoints ?? []) as readonly ExpectedEndpoint[];
      return withFault(checkPod(pod, isError ? undefined : endpoint), podFault(pod));
    }
    case "namespace":
    case "serviceaccount": {
      const object = withoutNulls(input) as NamespaceResource | ServiceAccountResource;
      if (isError) return withFault("converted", uidFault(object.metadata));
      const { name } = expected.key as { readonly name: string };
      return checkProfile(object, name, expected.value as AnyResource);
    }
    case "label-selector": {
      const { labelSelector, type } = input as LabelSelectorInput;
      return checkLabelSelector(labelSelector ?? undefined, type, expected.selector as string);
    }
    case "peer":
      return checkPeer(withoutNulls(input) as KubernetesNetworkPolicyPeer, expected);
    case "simplify-ports":
      return checkPorts(input as Ports, (expected.ports ?? []) as Ports);
    case "uid":
      return difference(derivedUid(input as string), expected.uid);
    case "profile-name-to-namespace":
      return difference(
        namespaceOfProfile(input as string),
        isError ? undefined : expected.namespace,
      );
    case "profile-name-to-serviceaccount": {
      const { namespace, serviceAccount } = expected;
      return difference(
        accountOfProfile(input as string),
        isError ? undefined : { namespace, serviceAccount },
      );
    }
    case "parse-wep-name":
      return difference(
        workloadNameParts(input as string),
        isError ? undefined : { ...NO_PARTS, ...(expected.ids as object) },
      );
    default:
      return `no conversion is called ${fn}`;
  }
}

const NO_PARTS = { Node: "", Orchestrator: "", Pod: "", Endpoint: "" };

function withFault(finding: Finding, fault: string | undefined): Finding {
  return finding !== undefined && fault !== undefined ? { purpose: fault } : finding;
}

/** Null is absent, but in the time of a deletion: that one is set, and has no other form. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([field, item]) => item !== null || field === "deletionTimestamp",
  );
  return Object.fromEntries(kept.map(([field, item]) => [field, withoutNulls(item)]));
}
