/** The ports of a host that no policy closes (evaluation.md §9.7), as rules. */

const INBOUND = { tcp: [22, 179, 2379, 2380, 5473, 6443, 6666, 6667], udp: [68] };
const OUTBOUND = { tcp: [179, 2379, 2380, 5473, 6443, 6666, 6667], udp: [53, 67] };

export const FAILSAFE_RULES = {
  ingress: accept(INBOUND, "dport"),
  egress: accept(OUTBOUND, "dport"),
} as const;

/** Before conntrack the answers of such ports are let through as well. */
export const RAW_FAILSAFE_RULES = {
  ingress: [...accept(INBOUND, "dport"), ...accept(OUTBOUND, "sport")],
  egress: [...accept(OUTBOUND, "dport"), ...accept(INBOUND, "sport")],
} as const;

function accept(
  ports: Readonly<Record<"tcp" | "udp", readonly number[]>>,
  field: "dport" | "sport",
): string[] {
  return (["tcp", "udp"] as const).map(
    (protocol) => `${protocol} ${field} { ${ports[protocol].join(", ")} } accept`,
  );
}
