/** Where connections to a service's own address go, as its EndpointSlices say. */
import { type Address, parseAddress } from "../net/address.ts";
import type { EndpointSliceResource } from "./endpoint-slice.ts";
import type { ServicePort } from "./service.ts";

/** One that answers at a port of a service. */
export interface ServiceBackend {
  readonly address: Address;
  /** Where it listens itself. */
  readonly port: number;
  /** `namespace/name`, where the slice says which pod it is. */
  readonly pod?: string;
}

/** Where a port of a service leads, of the service's own `slices`: to whatever is ready there. */
export function readyBackends(
  slices: readonly EndpointSliceResource[],
  wanted: ServicePort,
): ServiceBackend[] {
  return slices.flatMap(({ ports = [], endpoints, metadata }) => {
    const served = ports.find(
      ({ name = "", protocol = "TCP" }) =>
        name === (wanted.name ?? "") && protocol === (wanted.protocol ?? "TCP"),
    );
    const port = served?.port;
    if (port === undefined) return [];
    return endpoints
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses: [text = ""], targetRef }): ServiceBackend[] => {
        const address = parseAddress(text);
        if (!address) return [];
        const isPod = targetRef?.kind === "Pod" && targetRef.name;
        const namespace = targetRef?.namespace ?? metadata.namespace ?? "default";
        return [{ address, port, ...(isPod && { pod: `${namespace}/${isPod}` }) }];
      });
  });
}
