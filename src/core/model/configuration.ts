/** The settings of a host that policy's meaning depends on (FelixConfiguration). */
import type { Prefix } from "../net/address.ts";
import { TCP, UDP } from "../net/protocol.ts";
import type { Direction } from "./policy.ts";

export interface Configuration {
  /** Ports of hosts that no policy closes, by the direction of a connection's first packet. */
  readonly failsafePorts: Readonly<Record<Direction, readonly FailsafePort[]>>;
  /** What becomes of a workload's packets to its own host that policy allowed. */
  readonly endpointToHost: "Drop" | "Return" | "Accept";
  readonly allowVxlanFromWorkloads: boolean;
  readonly allowIpipFromWorkloads: boolean;
  /** The UDP port that counts as VXLAN. */
  readonly vxlanPort: number;
  /** Whether packets that belong to no known connection are refused before policy. */
  readonly dropInvalid: boolean;
}

export interface FailsafePort {
  /** TCP, UDP or SCTP by number. */
  readonly protocol: number;
  readonly port: number;
  /** The other side must be in it; anyone when absent. */
  readonly net?: Prefix;
}

const tcp = (port: number): FailsafePort => ({ protocol: TCP, port });
const udp = (port: number): FailsafePort => ({ protocol: UDP, port });
const CLUSTER = [179, 2379, 2380, 5473, 6443, 6666, 6667].map(tcp);

/** What holds where nothing else is said (evaluation.md §9.5 and §9.7). */
export const DEFAULT_CONFIGURATION: Configuration = {
  failsafePorts: {
    ingress: [tcp(22), udp(68), ...CLUSTER],
    egress: [udp(53), udp(67), ...CLUSTER],
  },
  endpointToHost: "Drop",
  allowVxlanFromWorkloads: false,
  allowIpipFromWorkloads: false,
  vxlanPort: 4789,
  dropInvalid: true,
};

interface Configured {
  readonly configuration: Configuration;
  readonly nodeConfigurations: ReadonlyMap<string, Configuration>;
}

export function configurationOf(model: Configured, node: string): Configuration {
  return model.nodeConfigurations.get(node) ?? model.configuration;
}
