/** The ports of a host that no policy closes (evaluation.md §9.7), as rules. */
import { formatProtocol } from "../../core/net/protocol.ts";
import { FAILSAFE_PORTS, type FailsafePorts } from "../../core/policy/failsafe.ts";

const { ingress, egress } = FAILSAFE_PORTS;

export const FAILSAFE_RULES = {
  ingress: accept(ingress, "dport"),
  egress: accept(egress, "dport"),
} as const;

/** Before conntrack the answers of such ports are let through as well. */
export const RAW_FAILSAFE_RULES = {
  ingress: [...accept(ingress, "dport"), ...accept(egress, "sport")],
  egress: [...accept(egress, "dport"), ...accept(ingress, "sport")],
} as const;

function accept(ports: readonly FailsafePorts[], field: "dport" | "sport"): string[] {
  return ports.map((one) => {
    const protocol = formatProtocol(one.protocol).toLowerCase();
    return `${protocol} ${field} { ${one.ports.join(", ")} } accept`;
  });
}
