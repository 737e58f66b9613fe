/**
 * Manifests as a cluster that can be analysed: what was never applied has no addresses and nodes, so
 * that every pod gets some ({@link unknownAddress}), and belongs to what runs it.
 */
import type { Configuration } from "../model/configuration.ts";
import type { Model } from "../model/model.ts";
import {
  type Address,
  contains,
  type Family,
  formatAddress,
  formatPrefix,
  nextAddress,
  type Prefix,
  parseAddress,
} from "../net/address.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { PodResource } from "../resources/pod.ts";
import { type Owner, ownerOf } from "../resources/pod-template.ts";
import { unknownAddress } from "./unknown-addresses.ts";

/** Resources of which every pod has a place, and what is not known of them. */
export interface Placement {
  readonly resources: readonly AnyResource[];
  /** Who runs a pod, by `namespace/name`. */
  readonly owners: ReadonlyMap<string, Owner>;
  /** The workloads whose addresses nobody knows, as given. */
  readonly unknown: readonly Owner[];
  /** Pods of a node's own network whose node nobody describes: they count as other pods do. */
  readonly onUnknownNodes: readonly Owner[];
}

/** The node of pods that have none: one that nothing else is on. */
const UNSCHEDULED = "(unscheduled)";

/**
 * Gives pods without address one that no net holds, or the next free ones of `podNets`. Their
 * families are those of `podNets`, else those of known pods and nodes, else IPv4. A controller's
 * template counts only where none of its pods is there.
 */
export function placed(given: readonly AnyResource[], podNets: readonly Prefix[] = []): Placement {
  const pods = podsOnce(given);
  const nodes = new Set(given.filter(({ kind }) => kind === "Node").map(nameOf));
  const known = new Set([...pods.filter(isPlaced), ...given.filter(isAddressed)].flatMap(textsOf));
  const next = podNets.length > 0 ? fromNets(podNets, known) : unknownOnes(familiesOf(known));
  const owners = new Map<string, Owner>();
  const unknown = new Map<string, Owner>();
  const onUnknownNodes = new Map<string, Owner>();
  const place = (pod: PodResource): PodResource => {
    const owner = ownerOf(pod);
    const { nodeName = "", hostNetwork = false } = pod.spec;
    owners.set(podName(pod), owner);
    if (hostNetwork && nodes.has(nodeName)) return pod;
    if (hostNetwork) onUnknownNodes.set(ownerKey(owner), owner);
    const spec = { ...pod.spec, hostNetwork: false, nodeName: nodeName || UNSCHEDULED };
    if (isPlaced(pod)) return { ...pod, spec };
    unknown.set(ownerKey(owner), owner);
    const podIPs = next().map((one) => ({ ip: formatAddress(one) }));
    return { ...pod, spec, status: { ...pod.status, podIPs } };
  };
  return {
    resources: [...given.filter(({ kind }) => kind !== "Pod"), ...pods.map(place)],
    owners,
    unknown: [...unknown.values()],
    onUnknownNodes: [...onUnknownNodes.values()],
  };
}

/**
 * The cluster in which nodes refuse no tunnel of a workload: what nodes refuse of everyone, whatever
 * policy says, tells nothing of policy.
 */
export function withTunnels(model: Model): Model {
  const open = (settings: Configuration): Configuration => {
    return { ...settings, allowVxlanFromWorkloads: true, allowIpipFromWorkloads: true };
  };
  const nodes = Array.from(model.nodeConfigurations, ([node, own]) => [node, open(own)] as const);
  return {
    ...model,
    configuration: open(model.configuration),
    nodeConfigurations: new Map(nodes),
  };
}

/** `namespace/name[Kind]` */
export function ownerName({ kind, namespace, name }: Owner): string {
  return `${namespace}/${name}[${kind}]`;
}

/** Every pod that is there, and templates of controllers without; no two of one name. */
function podsOnce(given: readonly AnyResource[]): PodResource[] {
  const pods = given.filter((one) => one.kind === "Pod").map(asItWouldRun);
  const running = new Set(
    pods.filter((pod) => !isTemplated(pod)).map((pod) => ownerKey(ownerOf(pod))),
  );
  const byName = new Map<string, PodResource>();
  for (const pod of pods) {
    if (isTemplated(pod) && running.has(ownerKey(ownerOf(pod)))) continue;
    const name = podName(pod);
    const other = byName.get(name);
    if (!other) byName.set(name, pod);
    else if (ownerKey(ownerOf(other)) !== ownerKey(ownerOf(pod))) {
      const renamed = renamedAfterOwner(pod);
      byName.set(podName(renamed), renamed);
    }
  }
  return [...byName.values()];
}

/** A template's pod is called like its controller; two controllers may share a name. */
function renamedAfterOwner(pod: PodResource): PodResource {
  const { metadata } = pod;
  const name = `${metadata.name}-${ownerOf(pod).kind.toLowerCase()}`;
  return { ...pod, metadata: { ...metadata, name } };
}

/** A pod that has ended says what its controller starts next. */
function asItWouldRun(pod: PodResource): PodResource {
  const { metadata, status } = pod;
  const hasEnded = ["Succeeded", "Failed", "Completed"].includes(status?.phase ?? "");
  const { kind, name } = ownerOf(pod);
  if (!hasEnded || kind === "Pod") return pod;
  const { annotations = {}, ...rest } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => !POD_ADDRESSES.test(key));
  const { spec } = pod;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...rest, name, annotations: Object.fromEntries(kept) },
    spec,
  };
}

function isTemplated(pod: PodResource): boolean {
  const owner = ownerOf(pod);
  return owner.kind !== "Pod" && owner.name === pod.metadata.name;
}

function podName({ metadata }: PodResource): string {
  return `${metadata.namespace ?? "default"}/${metadata.name}`;
}

function ownerKey({ kind, namespace, name }: Owner): string {
  return `${namespace}/${kind}/${name}`;
}

function nameOf({ metadata }: AnyResource): string {
  return metadata.name;
}

/** Whether a pod has an address of its own that somebody wrote down. */
function isPlaced({ metadata, spec, status }: PodResource): boolean {
  if (spec.hostNetwork) return false;
  const annotated = Object.entries(metadata.annotations ?? {}).some(
    ([name, value]) => value !== "" && POD_ADDRESSES.test(name),
  );
  return annotated || Boolean(status?.podIP) || (status?.podIPs ?? []).some(({ ip }) => ip);
}

/** Kinds that say which addresses others than pods have. */
function isAddressed({ kind }: AnyResource): boolean {
  return kind === "Node" || kind === "HostEndpoint" || kind === "WorkloadEndpoint";
}

/** Every address that is written where a kind has them, in canonical text. */
function textsOf(resource: AnyResource): string[] {
  const { metadata, ...rest } = resource;
  const written = JSON.stringify(resource.kind === "Pod" ? podAddresses(resource) : rest);
  return Array.from(written.matchAll(/[0-9a-fA-F:.]+/g), ([text]) => {
    const found = parseAddress(text);
    return found ? formatAddress(found) : "";
  }).filter((text) => text !== "");
}

function podAddresses({ metadata: { annotations = {} }, status }: PodResource): unknown {
  const annotated = Object.entries(annotations).filter(([name]) => POD_ADDRESSES.test(name));
  return [annotated.map(([, value]) => value), status?.podIP, status?.podIPs, status?.hostIP];
}

/** The annotations in which network plugins write a pod's addresses. */
const POD_ADDRESSES = /pod-?IPs?$/i;

function familiesOf(known: ReadonlySet<string>): Family[] {
  const texts = [...known];
  const families = ([4, 6] as const).filter((family) =>
    texts.some((text) => text.includes(":") === (family === 6)),
  );
  return families.length > 0 ? families : [4];
}

function unknownOnes(families: readonly Family[]): () => Address[] {
  let number = 0;
  return () => {
    const found = families.map((family) => unknownAddress(family, number));
    number++;
    return found;
  };
}

/** The lowest addresses of the nets that nobody has, the nets' own left out. */
function fromNets(nets: readonly Prefix[], taken: ReadonlySet<string>): () => Address[] {
  const lasts = nets.map(({ address }) => address);
  return () =>
    nets.map((net, i) => {
      let found = lasts[i];
      do found = found && nextAddress(found);
      while (found && taken.has(formatAddress(found)));
      if (!found || !contains(net, found)) throw new FullNet(net);
      lasts[i] = found;
      return found;
    });
}

/** More pods are without address than a net has left. */
export class FullNet extends Error {
  override readonly name = "FullNet";
  readonly net: Prefix;

  constructor(net: Prefix) {
    super(`${formatPrefix(net)} has not enough addresses for the pods`);
    this.net = net;
  }
}
