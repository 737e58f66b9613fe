/** Pods and WorkloadEndpoints as endpoints of the model (k8s-conversion.md §6). */
import { type Address, parseAddress, parsePrefix } from "../net/address.ts";
import { hasPorts, parseProtocol } from "../net/protocol.ts";
import type { ContainerPort, PodResource } from "../resources/pod.ts";
import type { ObjectMeta } from "../resources/resource.ts";
import type { WorkloadEndpointResource } from "../resources/workload-endpoint.ts";
import type { Labels } from "../selector/selector.ts";
import { type EndpointPort, WORKLOAD_PREFIX, type WorkloadEndpoint } from "./endpoint.ts";
import {
  NAMESPACE_LABEL,
  namespaceProfile,
  ORCHESTRATOR_LABEL,
  SERVICE_ACCOUNT_LABEL,
  serviceAccountProfile,
  workloadLabels,
} from "./labels.ts";
import type { Report } from "./problems.ts";
import { sha1 } from "./sha1.ts";

const POD_IP = "cni.projectcalico.org/podIP";
const POD_IPS = "cni.projectcalico.org/podIPs";
const AWS_POD_IPS = "vpc.amazonaws.com/pod-ips";
const SOURCE_PREFIXES = "cni.projectcalico.org/allowedSourcePrefixes";
const SPOOFING =
  "an endpoint that may send from other addresses than its own is not let onto the network";

/** The interface on the node that is a pod's: a name that both ends can work out. */
function podInterfaceName(namespace: string, pod: string): string {
  return WORKLOAD_PREFIX + sha1(`${namespace}.${pod}`, 11);
}

/**
 * The pod's endpoint, with its own labels. Undefined for a pod that has none: of the host, finished,
 * or without address.
 */
export function convertPod(
  { metadata, spec, status }: PodResource,
  report: Report,
): WorkloadEndpoint | undefined {
  const { name, namespace = "default" } = metadata;
  const { nodeName: node = "", serviceAccountName: account = "" } = spec;
  if (spec.hostNetwork || node === "" || isFinished(status?.phase)) return undefined;
  if (Object.hasOwn(metadata, "deletionTimestamp") && isReleased(metadata)) return undefined;
  const sources = annotation(metadata, SOURCE_PREFIXES);
  if (sources && sources !== "[]") {
    report(`metadata.annotations[${SOURCE_PREFIXES}]`, SPOOFING);
    return undefined;
  }
  const addresses = readAddresses(podIPs(status, metadata), "status.podIPs", report);
  if (!addresses || addresses.length === 0) return undefined;

  const profiles = [namespaceProfile(namespace)];
  if (account !== "") profiles.push(serviceAccountProfile(namespace, account));
  return {
    kind: "WorkloadEndpoint",
    namespace,
    name,
    node,
    interfaceName: podInterfaceName(namespace, name),
    addresses,
    profiles,
    labels: endpointLabels(metadata.labels, { namespace, orchestrator: "k8s", account }),
    ports: containerPorts(spec),
  };
}

/**
 * The endpoint, with its own labels. Undefined when it has no address yet, or one that cannot be read.
 */
export function convertWorkloadEndpoint(
  { metadata, spec }: WorkloadEndpointResource,
  report: Report,
): WorkloadEndpoint | undefined {
  const { namespace = "default" } = metadata;
  const { node = "", profiles = [], orchestrator = "", serviceAccountName: account = "" } = spec;
  if ((spec.allowSpoofedSourcePrefixes ?? []).length > 0) {
    report("spec.allowSpoofedSourcePrefixes", SPOOFING);
    return undefined;
  }
  const addresses = readAddresses(spec.ipNetworks ?? [], "spec.ipNetworks", report);
  if (!addresses || addresses.length === 0) return undefined;
  return {
    kind: "WorkloadEndpoint",
    namespace,
    name: spec.pod || spec.workload || metadata.name,
    node,
    interfaceName: spec.interfaceName ?? "",
    addresses,
    profiles,
    labels: endpointLabels(metadata.labels, { namespace, orchestrator, account }),
    ports: endpointPorts(spec.ports ?? [], "spec.ports", report),
  };
}

/** Named ports of an endpoint as its manifest lists them; a port without a name is none. */
export function endpointPorts(
  written: readonly {
    readonly name?: string;
    readonly protocol: number | string;
    readonly port: number;
  }[],
  path: string,
  report: Report,
): EndpointPort[] {
  return written.flatMap(({ name = "", protocol: text, port }, i) => {
    const protocol = parseProtocol(String(text));
    if (name === "") return [];
    if (protocol !== undefined && hasPorts(protocol)) return [{ name, protocol, port }];
    report(`${path}[${i}].protocol`, `${JSON.stringify(text)} is not TCP, UDP or SCTP`);
    return [];
  });
}

/** The named ports of containers, and then of those that run before. */
function containerPorts({ containers = [], initContainers = [] }: PodResource["spec"]) {
  const found: EndpointPort[] = [];
  for (const list of [containers, initContainers]) {
    for (const { ports } of list) for (const port of ports ?? []) addPort(found, port);
  }
  return found;
}

function addPort(
  found: EndpointPort[],
  { name = "", containerPort: port = 0, protocol: text }: ContainerPort,
): void {
  if (name === "" || port === 0) return;
  const protocol = parseProtocol(text || "TCP");
  if (protocol !== undefined && hasPorts(protocol)) found.push({ name, protocol, port });
}

/** What an endpoint is, whatever its own labels say. */
interface Identity {
  readonly namespace: string;
  readonly orchestrator: string;
  readonly account: string;
}

function endpointLabels(
  written: Readonly<Record<string, string>> | undefined,
  { namespace, orchestrator, account }: Identity,
): Labels {
  const own = workloadLabels(written).set(NAMESPACE_LABEL, namespace);
  if (orchestrator !== "") own.set(ORCHESTRATOR_LABEL, orchestrator);
  if (account !== "") own.set(SERVICE_ACCOUNT_LABEL, account);
  return own;
}

function isFinished(phase: string | undefined): boolean {
  return phase === "Succeeded" || phase === "Failed" || phase === "Completed";
}

function annotation({ annotations }: ObjectMeta, name: string): string | undefined {
  return annotations && Object.hasOwn(annotations, name) ? annotations[name] : undefined;
}

/** The network plugin has taken the address of a pod that is going: §6.1. */
function isReleased(metadata: ObjectMeta): boolean {
  return annotation(metadata, POD_IP) === "" || annotation(metadata, AWS_POD_IPS) === "";
}

/** §6.2: "first non-empty wins". */
function podIPs(status: PodResource["status"], metadata: ObjectMeta): readonly string[] {
  const listed: string[] = [];
  for (const { ip } of status?.podIPs ?? []) if (ip) listed.push(ip);
  if (listed.length > 0) return listed;
  const sources = [
    status?.podIP,
    annotation(metadata, POD_IPS),
    annotation(metadata, POD_IP),
    annotation(metadata, AWS_POD_IPS),
  ];
  return sources.find((text) => text)?.split(",") ?? [];
}

/** Each an address, or a network that stands for its address. Undefined when one is neither. */
function readAddresses(
  written: readonly string[],
  path: string,
  report: Report,
): Address[] | undefined {
  const addresses: Address[] = [];
  for (const [i, text] of written.entries()) {
    const address = readAddress(text.trim());
    if (!address) {
      report(`${path}[${i}]`, `${JSON.stringify(text)} is not an IP address`);
      return undefined;
    }
    addresses.push(address);
  }
  return addresses;
}

function readAddress(text: string): Address | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return parseAddress(text);
  return parsePrefix(text) && parseAddress(text.slice(0, slash));
}
