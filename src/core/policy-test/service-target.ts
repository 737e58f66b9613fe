/** The backends of a service, as connections to its own address reach them. */
import { type Address, parseAddress } from "../net/address.ts";
import { parseProtocol, TCP } from "../net/protocol.ts";
import type { ServicePort, ServiceResource } from "../resources/service.ts";
import { readyBackends } from "../resources/service-backends.ts";
import type { TestedCluster } from "./cluster.ts";
import { type Target, targetAt, type Via } from "./end.ts";
import { missing, type Selected, selected } from "./selected.ts";

/** The backends of the service called `namespace/name`, a target for each of its ports and addresses. */
export function serviceTargets(cluster: TestedCluster, name: string): Selected {
  const service = cluster.services.find((one) => nameOf(one) === name);
  if (!service) return { nobody: missing("no service", name, cluster.services.map(nameOf)) };
  const targets = (service.spec.ports ?? []).flatMap((port) =>
    readyBackends(cluster.slicesOf(service), port).flatMap((backend) =>
      viaService(service, port, targetAt(cluster.analysis.cluster, backend.address), backend.port),
    ),
  );
  return selected(targets, `service ${name} has no backends`);
}

function nameOf({ metadata: { namespace = "default", name } }: ServiceResource): string {
  return `${namespace}/${name}`;
}

/** A target for each address of the service that leads to the backend; one if it has none. */
function viaService(
  service: ServiceResource,
  port: ServicePort,
  target: Target,
  backendPort: number,
): Target[] {
  const via: Via = {
    service: nameOf(service),
    protocol: parseProtocol(port.protocol || "TCP") ?? TCP,
    port: port.port,
    ...(port.name && { portName: port.name }),
    backendPort,
  };
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
