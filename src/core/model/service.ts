/** Services as rules match them: by their backends (k8s-conversion.md §7). */
import type { Address } from "../net/address.ts";

/** A service with at least one EndpointSlice. Its own address is never matched, only backends. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  /** Of every backend, ready or not; each once. */
  readonly addresses: readonly Address[];
  /** Where the backends are reached; each once. */
  readonly backends: readonly Backend[];
}

export interface Backend {
  readonly address: Address;
  /** TCP, UDP or SCTP by number. */
  readonly protocol: number;
  readonly port: number;
}
