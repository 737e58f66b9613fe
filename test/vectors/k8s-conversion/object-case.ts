/** Pods, namespaces and service accounts, and the parts of policies that are recorded alone. */

import { convertPolicy } from "../../../src/core/model/convert-policy.ts";
import { profilesOf } from "../../../src/core/model/convert-profile.ts";
import { convertPod, convertWorkloadEndpoint } from "../../../src/core/model/convert-workload.ts";
import type { WorkloadEndpoint } from "../../../src/core/model/endpoint.ts";
import { readPeer } from "../../../src/core/model/kubernetes-peer.ts";
import { labelSelector, podSelector } from "../../../src/core/model/label-selector.ts";
import { SERVICE_ACCOUNT_LABEL } from "../../../src/core/model/labels.ts";
import { portMatch } from "../../../src/core/model/port-match.ts";
import type { AnyResource } from "../../../src/core/resources/kinds.ts";
import type { KubernetesNetworkPolicyPeer } from "../../../src/core/resources/kubernetes-peer.ts";
import type { LabelSelector } from "../../../src/core/resources/label-selector.ts";
import type { PodResource } from "../../../src/core/resources/pod.ts";
import { parsePort } from "../../../src/core/resources/port.ts";
import type { WorkloadEndpointResource } from "../../../src/core/resources/workload-endpoint.ts";
import { checkWorkloadEndpointName } from "../../../src/core/resources/workload-endpoint-name.ts";
import { parseSelector } from "../../../src/core/selector/parse.ts";
import { format } from "../../../src/core/selector/selector.ts";
import type { Finding } from "../family.ts";
import { difference, plainEntity, plainRule, sorted } from "../plain-policy.ts";
import { hasUnknownOperator, peerFault, UNKNOWN_OPERATOR } from "./faults.ts";

const SPOOFING =
  "Pods and workloads that may send from other addresses than their own (`allowedSourcePrefixes`)";

export interface ExpectedEndpoint {
  readonly key: { readonly name: string };
  readonly value: WorkloadEndpointResource;
}

const ignore = () => undefined;

/**
 * The pod's endpoint, and the one that the reference's object stands for. NATs, QoS and what else is
 * not policy's is in neither.
 */
export function checkPod(pod: PodResource, expected: ExpectedEndpoint | undefined): Finding {
  // Without a name it is refused before it is converted.
  const found = pod.metadata.name ? convertPod(pod, ignore) : undefined;
  if (!expected) return found ? "has an endpoint" : undefined;
  const { key, value } = expected;
  const misnamed = checkWorkloadEndpointName(key.name, value.spec);
  if (misnamed.length > 0) return misnamed.map(({ message }) => message).join("; ");
  if ((value.spec.allowSpoofedSourcePrefixes ?? []).length > 0 && !found) {
    return { purpose: SPOOFING };
  }
  if (value.spec.ipNetworks?.length) return compareEndpoints(found, value);
  if (found) return "has an endpoint";
  // It is none without an address; lent one, the rest shows.
  const { deletionTimestamp: _, ...metadata } = pod.metadata;
  const lent = { ...pod, metadata, status: { podIP: LENT } };
  const spec = { ...value.spec, ipNetworks: [`${LENT}/32`] };
  return compareEndpoints(convertPod(lent, ignore), { ...value, spec });
}

const LENT = "192.0.2.1";

function compareEndpoints(
  found: WorkloadEndpoint | undefined,
  value: WorkloadEndpointResource,
): string | undefined {
  const made = convertWorkloadEndpoint(value, ignore);
  // The reference's object lacks an account's name that is too long for a label, and has labels of
  // the pod that it takes away later (k8s-conversion.md §6.3).
  const { serviceAccountName: account } = value.spec;
  const labels = {
    ...Object.fromEntries(
      Object.entries(value.metadata.labels ?? {}).filter(([key]) => !/^pc(ns|sa)\./.test(key)),
    ),
    ...(account && { [SERVICE_ACCOUNT_LABEL]: account }),
  };
  return (
    difference(plainWorkload(found), plainWorkload(made)) ??
    difference(found && Object.fromEntries(found.labels), labels, "labels")
  );
}

function plainWorkload(endpoint: WorkloadEndpoint | undefined): unknown {
  return endpoint && { ...endpoint, labels: Object.fromEntries(endpoint.labels) };
}

/** A namespace or service account, and the profile that it stands for. */
export function checkProfile(object: AnyResource, name: string, profile: AnyResource): Finding {
  return difference(profileIn([object], name), profileIn([profile], name));
}

function profileIn(all: readonly AnyResource[], name: string): unknown {
  const { profiles, labels } = profilesOf(all, []);
  const found = profiles.get(name);
  if (!found) throw new Error(`there is no profile ${name}`);
  return {
    ingress: found.ingress.map(plainRule),
    egress: found.egress.map(plainRule),
    labels: Object.fromEntries(labels.get(name) ?? []),
  };
}

export function checkLabelSelector(
  written: LabelSelector | undefined,
  type: "pod" | "namespace",
  expected: string,
): Finding {
  const selector =
    type === "pod"
      ? podSelector(written, "", ignore)
      : written && labelSelector(written, "", ignore);
  const text = selector ? format(selector) : "";
  const unlike = difference(
    text,
    expected === "" ? "" : format(parseSelector(expected)),
    "selector",
  );
  return unlike !== undefined && hasUnknownOperator(written)
    ? { purpose: UNKNOWN_OPERATOR }
    : unlike;
}

/** A peer of an ingress rule, and the source that the reference makes of it. */
export function checkPeer(
  peer: KubernetesNetworkPolicyPeer,
  expected: Readonly<Record<string, unknown>>,
): Finding {
  const found = readPeer(peer, "default", "", ignore);
  const source = Object.fromEntries(Object.entries(expected).filter(([, value]) => value));
  const [rule] = convertPolicy(
    {
      apiVersion: "projectcalico.org/v3",
      kind: "NetworkPolicy",
      metadata: { name: "peer", namespace: "default" },
      spec: { ingress: [{ action: "Allow", source }] },
    },
    ignore,
  ).ingress;
  const unlike = difference(found.map(plainEntity), rule ? [plainEntity(rule.source)] : []);
  const fault = peerFault(peer);
  return unlike !== undefined && fault !== undefined ? { purpose: fault } : unlike;
}

/** The canonical form has the runs and names that the reference lists, in whatever order. */
export function checkPorts(
  ports: readonly (number | string)[],
  expected: readonly (number | string)[],
): Finding {
  const specs = ports.map((port) => {
    const spec = parsePort(port);
    if (!spec) throw new Error(`${JSON.stringify(port)} is no port`);
    return spec;
  });
  const { ranges, names } = portMatch(specs);
  const runs = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`));
  return difference(sorted([...runs, ...names]), sorted(expected.map(String)), "ports");
}
