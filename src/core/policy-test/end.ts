/** The ends of connections that an assertion speaks of. */
import { isUnknown } from "../analysis/unknown-addresses.ts";
import { type EndpointPort, endpointName, type WorkloadEndpoint } from "../model/endpoint.ts";
import { type Address, formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import type { Cluster } from "../verdict/cluster.ts";

/** Who sends: one address of someone. */
export interface End {
  /** `namespace/name` of a workload, a host's name, else the address. */
  readonly name: string;
  readonly address: Address;
}

/** Who receives. */
export interface Target extends End {
  /** What its ports are called. */
  readonly ports: readonly EndpointPort[];
  /** Set for a backend: the service that it was reached by. */
  readonly via?: Via;
}

/** A service's port, and where its backend has it. */
export interface Via {
  /** `namespace/name` */
  readonly service: string;
  readonly protocol: number;
  /** The service's own port, and its name if it has one. */
  readonly port: number;
  readonly portName?: string;
  readonly backendPort: number;
  /** Absent for a service without an address of its own. */
  readonly original?: NonNullable<Flow["originalDestination"]>;
}

/** The ends of workloads: each of their addresses. */
export function workloadTargets(workloads: readonly WorkloadEndpoint[]): Target[] {
  return workloads.flatMap((workload) =>
    workload.addresses.map((address) => ({
      name: endpointName(workload),
      address,
      ports: workload.ports,
    })),
  );
}

/** The end that has this address. */
export function targetAt(verdicts: Cluster, address: Address): Target {
  const place = verdicts.placeOf(address);
  if (place.at === "workload") {
    return { name: endpointName(place.endpoint), address, ports: place.endpoint.ports };
  }
  const name = place.at === "host" ? place.node : formatAddress(address);
  return { name, address, ports: [] };
}

/** `shop/web (10.0.0.1)`; one of both where there is only one: not every address is known. */
export function formatEnd({ name, address }: End): string {
  const text = formatAddress(address);
  return name === text || isUnknown(address) ? name : `${name} (${text})`;
}
