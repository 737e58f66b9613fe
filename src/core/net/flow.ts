import type { Address } from "./address.ts";

/** ICMP or ICMPv6 type and code, each 0..255. */
export interface IcmpMessage {
  readonly type: number;
  readonly code: number;
}

/**
 * The first packet of a connection, as policy sees it. Source and destination are of one family.
 * Ports are 0..65535 and set exactly for TCP, UDP and SCTP; `icmp` exactly for ICMP and ICMPv6.
 */
export interface Flow {
  readonly source: Address;
  readonly destination: Address;
  /** IP protocol number, 0..255. */
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmp?: IcmpMessage;
  /**
   * Where it was sent before destination NAT, when that changed it. Untracked and pre-DNAT policy of
   * the first node that it crosses see this; the port is the same when none is given.
   */
  readonly originalDestination?: { readonly address: Address; readonly port?: number };
}
