/**
 * Which ports of which workloads an ingress controller forwards to: those behind the Services that
 * Ingresses and Routes of the same namespace name.
 */
import type { KubernetesObject, Workload } from "./workloads.ts";

/** For every workload that is forwarded to, its TCP ports. */
export type Forwarding = ReadonlyMap<Workload, ReadonlySet<number>>;

/** A port of a Service by its name or number, or none for all. */
type ServicePort = number | string | undefined;

interface Backend {
  readonly namespace: string;
  readonly service: string;
  readonly port: ServicePort;
}

interface ServiceSpec {
  readonly selector?: Readonly<Record<string, unknown>> | null;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly targetPort?: number | string;
  }[];
}

export function forwardingOf(
  objects: readonly KubernetesObject[],
  workloads: readonly Workload[],
): Forwarding {
  const forwarding = new Map<Workload, Set<number>>();
  for (const { namespace, service: name, port } of objects.flatMap(backendsOf)) {
    const service = objects.find(
      ({ kind, metadata }) =>
        kind === "Service" && metadata.name === name && namespaceOf(metadata) === namespace,
    )?.spec as ServiceSpec | undefined;
    if (!service?.selector) continue;
    const selector = Object.entries(service.selector);
    for (const workload of workloads) {
      const selected =
        workload.namespace === namespace &&
        selector.every(([label, value]) => workload.labels[label] === String(value));
      if (!selected) continue;
      const ports = targetPorts(service, port).flatMap((target) => portOf(workload, target) ?? []);
      forwarding.set(workload, new Set([...(forwarding.get(workload) ?? []), ...ports]));
    }
  }
  return forwarding;
}

function backendsOf(object: KubernetesObject): Backend[] {
  const namespace = namespaceOf(object.metadata);
  if (object.kind === "Route") return routeBackends(object.spec as RouteSpec, namespace);
  if (object.kind === "Ingress") return ingressBackends(object.spec as IngressSpec, namespace);
  return [];
}

interface RouteTarget {
  readonly kind?: string;
  readonly name: string;
}

interface RouteSpec {
  readonly to: RouteTarget;
  readonly alternateBackends?: readonly RouteTarget[];
  readonly port?: { readonly targetPort?: number | string };
}

function routeBackends({ to, alternateBackends = [], port }: RouteSpec, namespace: string) {
  return [to, ...alternateBackends]
    .filter(({ kind = "Service" }) => kind === "Service")
    .map(({ name }): Backend => ({ namespace, service: name, port: port?.targetPort }));
}

interface IngressBackend {
  readonly service?: {
    readonly name: string;
    readonly port?: { readonly name?: string; readonly number?: number };
  };
}

interface IngressSpec {
  readonly defaultBackend?: IngressBackend;
  readonly rules?: readonly {
    readonly http?: { readonly paths?: readonly { readonly backend: IngressBackend }[] };
  }[];
}

function ingressBackends({ defaultBackend, rules = [] }: IngressSpec, namespace: string) {
  const paths = rules.flatMap(({ http }) => http?.paths ?? []);
  return [...(defaultBackend ? [defaultBackend] : []), ...paths.map(({ backend }) => backend)]
    .flatMap(({ service }) => service ?? [])
    .map(
      ({ name, port }): Backend => ({ namespace, service: name, port: port?.name ?? port?.number }),
    );
}

/** Where the service sends what comes to its port. */
function targetPorts({ ports = [] }: ServiceSpec, wanted: ServicePort): (number | string)[] {
  const found = ports.filter(
    ({ name, port, targetPort }) =>
      wanted === undefined || [name, port, targetPort].includes(wanted),
  );
  const targets = found.map(({ port, targetPort }) => targetPort ?? port);
  return wanted === undefined ? targets : targets.slice(0, 1);
}

/** The workload's TCP port of this name or number, if it has it; a VM lists none and has all. */
function portOf({ kind, ports }: Workload, target: number | string): number | undefined {
  if (kind === "VirtualMachine" && typeof target === "number") return target;
  return ports.find(
    ({ name, port, protocol }) => protocol === "TCP" && (port === target || name === target),
  )?.port;
}

function namespaceOf({ namespace = "default" }: KubernetesObject["metadata"]): string {
  return namespace;
}
