/** The backends of a service, as connections to its own address reach them. */
import { compareWorkloads, type WorkloadEndpoint } from "../model/endpoint.ts";
import { podSelector } from "../model/label-selector.ts";
import { NAMESPACE_LABEL } from "../model/labels.ts";
import { type Address, parseAddress } from "../net/address.ts";
import { protocolNumber, TCP } from "../net/protocol.ts";
import { SERVICE_NAME_LABEL } from "../resources/endpoint-slice.ts";
import type { ServicePort, ServiceResource } from "../resources/service.ts";
import { matches } from "../selector/selector.ts";
import type { TestedCluster } from "./cluster.ts";
import { type Target, targetAt, type Via, workloadTargets } from "./end.ts";
import { missing, type Selected, selected } from "./selected.ts";

/** Where one port of a service leads. */
interface Backend {
  readonly target: Target;
  readonly port: number;
}

/** The backends of the service called `namespace/name`, a target for each of its ports and addresses. */
export function serviceTargets(cluster: TestedCluster, name: string): Selected {
  const service = cluster.services.find((one) => nameOf(one) === name);
  if (!service) return { nobody: missing("no service", name, cluster.services.map(nameOf)) };
  const targets = (service.spec.ports ?? []).flatMap((port) =>
    backendsOf(cluster, service, port).flatMap((backend) => viaService(service, port, backend)),
  );
  return selected(targets, `service ${name} has no backends`);
}

function nameOf({ metadata: { namespace = "default", name } }: ServiceResource): string {
  return `${namespace}/${name}`;
}

/** A target for each address of the service that leads to the backend; one if it has none. */
function viaService(service: ServiceResource, port: ServicePort, backend: Backend): Target[] {
  const via: Via = {
    service: nameOf(service),
    protocol: protocolOf(port),
    port: port.port,
    ...(port.name && { portName: port.name }),
    backendPort: backend.port,
  };
  const { target } = backend;
  const own = clusterAddresses(service);
  if (own.length === 0) return [{ ...target, via }];
  return own
    .filter(({ family }) => family === target.address.family)
    .map((address) => ({ ...target, via: { ...via, original: { address, port: port.port } } }));
}

function clusterAddresses({ spec }: ServiceResource): Address[] {
  const listed = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""];
  return listed.flatMap((text) => parseAddress(text) ?? []);
}

/** As its EndpointSlices say; where it has none, the pods that it selects. */
function backendsOf(
  cluster: TestedCluster,
  service: ServiceResource,
  port: ServicePort,
): Backend[] {
  const { namespace = "default", name } = service.metadata;
  const slices = cluster.slices.filter(({ metadata }) => {
    const owner = Object.entries(metadata.labels ?? {}).find(([key]) => key === SERVICE_NAME_LABEL);
    return (metadata.namespace ?? "default") === namespace && owner?.[1] === name;
  });
  if (slices.length === 0) return selectedPods(cluster, service, port);
  return slices.flatMap(({ endpoints, ports = [] }) => {
    const addresses = endpoints
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap((one) => parseAddress(one.addresses[0] ?? "") ?? []);
    const numbers = ports
      .filter(
        (one) => (one.name ?? "") === (port.name ?? "") && protocolOf(one) === protocolOf(port),
      )
      .flatMap((one) => one.port ?? []);
    return addresses.flatMap((address) =>
      numbers.map((number) => ({
        target: targetAt(cluster.analysis.cluster, address),
        port: number,
      })),
    );
  });
}

function selectedPods(
  { model }: TestedCluster,
  { metadata: { namespace = "default" }, spec }: ServiceResource,
  port: ServicePort,
): Backend[] {
  if (Object.keys(spec.selector ?? {}).length === 0) return [];
  const selector = podSelector({ matchLabels: spec.selector ?? {} }, "spec.selector", () => {});
  const pods = model.workloads.filter(
    ({ labels }) => labels.get(NAMESPACE_LABEL) === namespace && matches(selector, labels),
  );
  return pods
    .sort(compareWorkloads)
    .flatMap((pod) =>
      targetPorts(pod, port).flatMap((number) =>
        workloadTargets([pod]).map((target) => ({ target, port: number })),
      ),
    );
}

function targetPorts({ ports }: WorkloadEndpoint, port: ServicePort): number[] {
  const { targetPort = port.port } = port;
  if (typeof targetPort === "number") return [targetPort];
  return ports
    .filter(({ name, protocol }) => name === targetPort && protocol === protocolOf(port))
    .map((served) => served.port);
}

function protocolOf({ protocol = "TCP" }: { readonly protocol?: string }): number {
  return protocolNumber(protocol) ?? TCP;
}
