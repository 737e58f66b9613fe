/** EndpointSlices as Kubernetes' controller makes them: of the pods that a Service selects. */
import { type Address, formatAddress, parseAddress } from "../net/address.ts";
import { admit } from "./admit.ts";
import { type EndpointSliceResource, SERVICE_NAME_LABEL } from "./endpoint-slice.ts";
import { type AnyResource, kindOf } from "./kinds.ts";
import type { PodResource } from "./pod.ts";
import type { ServicePort, ServiceResource } from "./service.ts";

/** Who made a slice, as Kubernetes writes it down. */
const MADE_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
const US = "picket";

/** Whether a slice is one that Picket made up. */
export function isImplied({ metadata }: EndpointSliceResource): boolean {
  return metadata.labels?.[MADE_BY_LABEL] === US;
}

/** The services that select pods and have no slice, each with those that it would have. */
export function impliedSlices(
  resources: readonly AnyResource[],
): Map<ServiceResource, EndpointSliceResource[]> {
  const owned = new Set(
    resources.flatMap((one) => (one.kind === "EndpointSlice" ? [ownerOf(one)] : [])),
  );
  const pods = Map.groupBy(
    resources.filter((one) => one.kind === "Pod"),
    namespaceOf,
  );
  const found = new Map<ServiceResource, EndpointSliceResource[]>();
  for (const service of resources) {
    if (service.kind !== "Service" || owned.has(nameOf(service))) continue;
    const slices = slicesFor(service, pods.get(namespaceOf(service)) ?? []);
    if (slices.length > 0) found.set(service, slices);
  }
  return found;
}

/** The slices of each service: those that list its backends, else those that it would have. */
export function slicesByService(
  resources: readonly AnyResource[],
): (service: ServiceResource) => readonly EndpointSliceResource[] {
  const listed = Map.groupBy(
    resources.filter((one) => one.kind === "EndpointSlice"),
    ownerOf,
  );
  const pods = Map.groupBy(
    resources.filter((one) => one.kind === "Pod"),
    namespaceOf,
  );
  return (service) =>
    listed.get(nameOf(service)) ?? slicesFor(service, pods.get(namespaceOf(service)) ?? []);
}

/** The slices of a service over `pods` of its namespace: one for a family and a set of ports. */
function slicesFor(
  service: ServiceResource,
  pods: readonly PodResource[],
): EndpointSliceResource[] {
  const { selector = {}, ports = [], type } = service.spec;
  if (Object.keys(selector).length === 0 || type === "ExternalName") return [];
  const endpoints = pods
    .filter((pod) => isSelected(pod, selector) && !isFinished(pod))
    .flatMap((pod) => {
      const served = ports.flatMap((port) => targetPort(port, pod) ?? []);
      return addressesOf(pod).map((address) => ({ pod, address, served }));
    });
  const groups = Map.groupBy(endpoints, ({ address, served }) =>
    JSON.stringify([address.family, served]),
  );
  return Array.from(groups.values()).flatMap((group, i) => {
    const [first] = group;
    if (!first) return [];
    const { namespace = "default", name } = service.metadata;
    return made({
      metadata: {
        name: `${name}-${US}-${i + 1}`,
        namespace,
        labels: { [SERVICE_NAME_LABEL]: name, [MADE_BY_LABEL]: US },
      },
      addressType: `IPv${first.address.family}`,
      ports: first.served,
      endpoints: group.map(({ pod, address }) => ({
        addresses: [formatAddress(address)],
        conditions: { ready: true },
        targetRef: { kind: "Pod", namespace, name: pod.metadata.name },
      })),
    });
  });
}

/** `namespace/name` of the service that a slice is of. */
function ownerOf(slice: EndpointSliceResource): string {
  return `${namespaceOf(slice)}/${slice.metadata.labels?.[SERVICE_NAME_LABEL] ?? ""}`;
}

function nameOf(service: ServiceResource): string {
  return `${namespaceOf(service)}/${service.metadata.name}`;
}

function namespaceOf({ metadata }: AnyResource): string {
  return metadata.namespace ?? "default";
}

function isSelected(
  { metadata }: PodResource,
  selector: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([label, value]) => metadata.labels?.[label] === value);
}

function isFinished({ status }: PodResource): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function addressesOf({ status }: PodResource): Address[] {
  const listed = (status?.podIPs ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  const texts = listed.length > 0 ? listed : [status?.podIP ?? ""];
  return texts.flatMap((text) => parseAddress(text) ?? []);
}

/** Undefined where the pod has no port of the name: it is no backend of the port then. */
function targetPort(
  { name = "", protocol = "TCP", port, targetPort }: ServicePort,
  pod: PodResource,
) {
  const target = targetPort ?? port;
  if (/^\d+$/.test(String(target))) return { name, protocol, port: Number(target) };
  const served = (pod.spec.containers ?? [])
    .flatMap((container) => container.ports ?? [])
    .find((one) => one.name === target && (one.protocol ?? "TCP") === protocol);
  return served?.containerPort ? { name, protocol, port: served.containerPort } : undefined;
}

function made(written: Readonly<Record<string, unknown>>): EndpointSliceResource[] {
  const kind = kindOf("discovery.k8s.io/v1", "EndpointSlice");
  const admission = kind && admit(kind, written);
  const slice = admission?.admitted ? admission.resource : undefined;
  return slice?.kind === "EndpointSlice" ? [slice] : [];
}
