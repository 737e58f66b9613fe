/** Conformance cases of the policies that administrators write, and of their schema. */
import { type Address, address } from "../../src/core/net/address.ts";
import { admit } from "../../src/core/resources/admit.ts";
import { kindOf } from "../../src/core/resources/kinds.ts";
import { formatFieldError } from "../../src/core/schema/field-error.ts";
import { type Family, judge, type VectorCase } from "./family.ts";
import {
  type ClusterCase,
  manifestsOf,
  Network,
  type PodManifest,
  type PodPort,
  type PolicyManifest,
} from "./network.ts";

export const adminPolicies: Family = {
  name: "admin-policies",
  file: "admin-policies.json",
  run: ({ base, cases }) => judge<AdminCase>(cases, (one) => check(one, base as VectorCluster)),
};

interface VectorCluster {
  readonly namespaces: ClusterCase["namespaces"];
  readonly pods: readonly VectorPod[];
  readonly nodes?: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly internalIP: string;
  }[];
}

interface VectorPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly node?: string;
  readonly hostNetwork?: boolean;
  readonly containerPorts?: readonly PodPort[];
}

type AdminCase = VectorCase & { readonly group: string };

/** Group `crd`. */
interface ManifestCase {
  readonly manifest: PolicyManifest;
  readonly valid: boolean;
}

/** Every other group. */
interface TrafficCase {
  /** The base's when absent. */
  readonly cluster?: VectorCluster;
  /** Namespaces whose labels are not those of the cluster. */
  readonly namespaces?: ClusterCase["namespaces"];
  readonly policies: readonly PolicyManifest[];
  /** The same in the version that came after. */
  readonly policies_v1alpha2?: readonly PolicyManifest[];
  readonly assertions: readonly Assertion[];
}

interface Assertion {
  readonly from: End;
  readonly to: End;
  readonly protocol: string;
  readonly port: number;
  readonly allowed: boolean;
  readonly ingress?: boolean;
  readonly egress?: boolean;
}

interface End {
  readonly namespace?: string;
  readonly pod?: string;
  readonly ip?: string;
}

function check(one: AdminCase, base: VectorCluster): string | undefined {
  if (one.group === "crd") return checkManifest(one as AdminCase & ManifestCase);
  return checkPolicies(one as AdminCase & TrafficCase, base);
}

function checkPolicies(one: TrafficCase, base: VectorCluster): string | undefined {
  const cluster = one.cluster ?? base;
  const namespaces = { ...cluster.namespaces, ...one.namespaces };
  for (const policies of [one.policies, one.policies_v1alpha2 ?? []]) {
    if (policies.length === 0) continue;
    const why = checkTraffic({ ...cluster, namespaces }, policies, one.assertions);
    if (why !== undefined) return `${policies.map(({ kind }) => kind).join(", ")}: ${why}`;
  }
  return undefined;
}

function checkManifest({ manifest, valid }: ManifestCase): string | undefined {
  const kind = kindOf(manifest.apiVersion, manifest.kind);
  if (!kind) return `no kind ${manifest.apiVersion} ${manifest.kind}`;
  const admission = admit(kind, manifest);
  if (admission.admitted === valid) return undefined;
  return admission.admitted ? "accepted" : admission.errors.map(formatFieldError).join("; ");
}

/** Hosts take what workloads send them, where policy lets it go. */
const HOST_ACTION = {
  apiVersion: "projectcalico.org/v3",
  kind: "FelixConfiguration",
  metadata: { name: "default" },
  spec: { defaultEndpointToHostAction: "Accept" },
};

function checkTraffic(
  { namespaces, pods: written, nodes = [] }: VectorCluster,
  policies: readonly PolicyManifest[],
  assertions: readonly Assertion[],
): string | undefined {
  const pods = written.map(({ ip, containerPorts = [], ...pod }, i): PodManifest => {
    return { ...pod, ips: [ip ?? `10.0.0.${i + 1}`], ports: containerPorts };
  });
  const addressOf = (end: End): Address => {
    const pod = pods.find(({ namespace, name }) => namespace === end.namespace && name === end.pod);
    return address(pod?.ips[0] ?? end.ip ?? "");
  };
  const cluster = {
    namespaces,
    pods,
    policies,
    nodes: nodes.map(({ internalIP, ...node }) => ({ ...node, addresses: [internalIP] })),
  };
  const network = new Network([...manifestsOf(cluster), HOST_ACTION]);
  for (const { from, to, protocol, port, allowed, ...sides } of assertions) {
    const target = { source: addressOf(from), destination: addressOf(to), protocol, port };
    const which = `${JSON.stringify(from)} to ${JSON.stringify(to)} ${protocol} ${port}`;
    if (network.allows(target) !== allowed) return `${which}: wanted ${said(allowed)}`;
    for (const direction of ["ingress", "egress"] as const) {
      const wanted = sides[direction];
      if (wanted === undefined) continue;
      const step = network.step(target, direction);
      if ((step?.action !== "Deny") === wanted) continue;
      return `${which}: wanted ${direction} ${said(wanted)}`;
    }
  }
  return undefined;
}

function said(allowed: boolean): string {
  return allowed ? "allowed" : "blocked";
}
