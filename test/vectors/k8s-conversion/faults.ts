/**
 * What of a Kubernetes policy the reference reads otherwise than Picket does on purpose, judged on
 * the policy alone. Each is the first cell of a row in docs/reference/differences.md.
 */
import { SERVICE_ACCOUNT_LABEL } from "../../../src/core/model/labels.ts";
import { parsePrefix } from "../../../src/core/net/address.ts";
import { parseProtocol } from "../../../src/core/net/protocol.ts";
import type { ClusterNetworkPolicyResource } from "../../../src/core/resources/cluster-network-policy.ts";
import type {
  KubernetesNetworkPolicyResource,
  KubernetesNetworkPolicySpec,
} from "../../../src/core/resources/kubernetes-network-policy.ts";
import type { KubernetesNetworkPolicyPeer } from "../../../src/core/resources/kubernetes-peer.ts";
import type { LabelSelector } from "../../../src/core/resources/label-selector.ts";
import type { PodResource } from "../../../src/core/resources/pod.ts";
import type { ObjectMeta } from "../../../src/core/resources/resource.ts";
import { isUuid } from "./reference-names.ts";

const CIDR = "Kubernetes NetworkPolicy: `ipBlock.cidr` that cannot be read";
const EXCEPT = "Kubernetes NetworkPolicy: `ipBlock.except` that cannot be read";
const PROTOCOL = "Kubernetes NetworkPolicy: unknown `protocol`";
const END_PORT = "Kubernetes NetworkPolicy: `endPort` without `port`";
export const UNKNOWN_OPERATOR = "Kubernetes label selector with an unknown operator";
const TYPES = "Kubernetes NetworkPolicy without `policyTypes` that did not pass an API server";
const UID = "Kubernetes object whose `uid` is no UUID";
const FLOATING = "Pod whose floating addresses cannot be read";
const ACCOUNT_LABEL = "Pod's own label `projectcalico.org/serviceaccount`";

export function policyFault({
  metadata,
  spec,
}: KubernetesNetworkPolicyResource): string | undefined {
  const rules = [
    ...(spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports })),
    ...(spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports })),
  ];
  const ports = rules.flatMap((rule) => rule.ports ?? []);
  const peers = rules.flatMap((rule) => rule.peers ?? []);
  if (ports.some(({ protocol }) => protocol && parseProtocol(protocol) === undefined)) {
    return PROTOCOL;
  }
  if (ports.some(({ port, endPort }) => endPort !== undefined && port === undefined)) {
    return END_PORT;
  }
  if (lacksTypes(spec)) return TYPES;
  if (hasUnknownOperator(spec.podSelector)) return UNKNOWN_OPERATOR;
  if (metadata.uid) {
    const fault = uidFault(metadata);
    if (fault !== undefined) return fault;
  }
  return peers.map(peerFault).find((fault) => fault);
}

/** Of objects that need a uid: one that is missing is none. */
export function uidFault({ uid = "" }: ObjectMeta): string | undefined {
  return isUuid(uid) ? undefined : UID;
}

export function clusterPolicyFault(policy: ClusterNetworkPolicyResource): string | undefined {
  const written = JSON.stringify(policy.spec).matchAll(/"operator":"([^"]*)"/g);
  if (Array.from(written).some(([, operator = ""]) => !OPERATORS.includes(operator))) {
    return UNKNOWN_OPERATOR;
  }
  return policy.metadata.uid ? uidFault(policy.metadata) : undefined;
}

/** Floating addresses are NAT, which is none of policy's; an account is no label's to claim. */
export function podFault({ metadata, spec }: PodResource): string | undefined {
  const claimed = metadata.labels?.[SERVICE_ACCOUNT_LABEL];
  if (claimed !== undefined && !spec.serviceAccountName) return ACCOUNT_LABEL;
  const floating = metadata.annotations?.["cni.projectcalico.org/floatingIPs"];
  return floating && !isListOfTexts(floating) ? FLOATING : undefined;
}

function isListOfTexts(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) && value.every((item) => typeof item === "string");
  } catch {
    return false;
  }
}

export function peerFault(peer: KubernetesNetworkPolicyPeer): string | undefined {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock && !parsePrefix(ipBlock.cidr)) return CIDR;
  if (ipBlock?.except?.some((net) => !parsePrefix(net))) return EXCEPT;
  if (hasUnknownOperator(podSelector) || hasUnknownOperator(namespaceSelector))
    return UNKNOWN_OPERATOR;
  return undefined;
}

const OPERATORS: readonly string[] = ["In", "NotIn", "Exists", "DoesNotExist"];

export function hasUnknownOperator(selector: LabelSelector | undefined): boolean {
  const expressions = selector?.matchExpressions ?? [];
  return expressions.some(({ operator }) => !OPERATORS.includes(operator));
}

function lacksTypes({ policyTypes = [], egress = [] }: KubernetesNetworkPolicySpec): boolean {
  return policyTypes.length === 0 && egress.length > 0;
}
