/** What policy applies to and what its selectors select. */
import type { Address, Prefix } from "../net/address.ts";
import type { Labels } from "../selector/selector.ts";
import { compareBytes } from "../text/byte-order.ts";

/** A named port. `protocol` is TCP, UDP or SCTP by number. */
export interface EndpointPort {
  readonly name: string;
  readonly protocol: number;
  readonly port: number;
}

interface EndpointBase {
  /** Effective labels: own, then inherited from profiles, first profile first (resources.md §6). */
  readonly labels: Labels;
  /** Profile names in order; one that does not exist denies (evaluation.md §8). */
  readonly profiles: readonly string[];
  readonly ports: readonly EndpointPort[];
  /** The node that hosts it. */
  readonly node: string;
}

/** What the interfaces of pods on their nodes begin with. */
export const WORKLOAD_PREFIX = "cali";

/** A pod's or VM's interface. */
export interface WorkloadEndpoint extends EndpointBase {
  readonly kind: "WorkloadEndpoint";
  readonly namespace: string;
  /** The pod's name for a pod, else the workload's. */
  readonly name: string;
  /** Its interface on the node, e.g. `cali0d7763386da`. */
  readonly interfaceName: string;
  readonly addresses: readonly Address[];
}

/** An interface of a host itself. */
export interface HostEndpoint extends EndpointBase {
  readonly kind: "HostEndpoint";
  readonly name: string;
  /** An interface's name, `*` for every interface, or "" to find it by address. */
  readonly interfaceName: string;
  /** expectedIPs. */
  readonly addresses: readonly Address[];
}

/** What policy applies to. */
export type Endpoint = WorkloadEndpoint | HostEndpoint;

/** Addresses under labels. `namespace` is "" for a GlobalNetworkSet. */
export interface NetworkSet {
  readonly kind: "NetworkSet";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly nets: readonly Prefix[];
}

/** A machine of the cluster and its own (not workload) interfaces. */
export interface Host {
  readonly name: string;
  readonly interfaces: readonly HostInterface[];
}

/** What a host's interface is called of which nothing says the name. */
export const UNNAMED_INTERFACE = "eth0";

/** An interface of a host, as far as it is known: addresses may be missing. */
export interface HostInterface {
  readonly name: string;
  readonly addresses: readonly Address[];
}

/** `namespace/name` of a workload endpoint, the plain name of a host endpoint. */
export function endpointName(endpoint: Endpoint): string {
  return endpoint.kind === "WorkloadEndpoint"
    ? `${endpoint.namespace}/${endpoint.name}`
    : endpoint.name;
}

/**
 * By name, interface and node. Of several workloads with one address the first has it, whatever the
 * order in which they are listed.
 */
export function compareWorkloads(a: WorkloadEndpoint, b: WorkloadEndpoint): number {
  return (
    compareBytes(endpointName(a), endpointName(b)) ||
    compareBytes(a.interfaceName, b.interfaceName) ||
    compareBytes(a.node, b.node)
  );
}
