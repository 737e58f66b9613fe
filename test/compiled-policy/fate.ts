/** What compiled policy says of a packet, in the plainest code: rule by rule. */
import type { Configuration } from "../../src/core/model/configuration.ts";
import type { Direction } from "../../src/core/model/policy.ts";
import { type Address, contains, formatAddress } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { ICMPV6, UDP } from "../../src/core/net/protocol.ts";
import type {
  CompiledRule,
  CompiledSide,
  NodePolicy,
  PortCriterion,
  Section,
} from "../../src/core/policy/policy.ts";
import { formatLogPrefix } from "../../src/dataplane/program/log-prefix.ts";
import type { Packet } from "../../src/dataplane/program/read-back.ts";

const IPIP = 4;

export interface Fate {
  readonly action: "accept" | "drop";
  readonly logs: readonly string[];
}

/** Walks the sections that the packet meets, rule by rule (evaluation.md §7 and §9). */
export function fate(policy: NodePolicy, { flow, from, to, state }: Packet): Fate {
  const { configuration } = policy;
  const logs: string[] = [];
  const drop = (): Fate => ({ action: "drop", logs });
  const accept = (): Fate => ({ action: "accept", logs });
  const workloadAt = (name: string | undefined) =>
    policy.workloads.find(({ endpoint }) => endpoint.interfaceName === name);
  const specific = (name: string | undefined) =>
    policy.hostEndpoints.find(({ endpoint }) => endpoint.interfaceName === name);
  const hostAt = (name: string | undefined) => specific(name) ?? specific("*");
  const source = workloadAt(from);
  const safe = (direction: Direction) =>
    isFailsafe(configuration, direction, direction, flow, "destinationPort");
  const rawSafe = (direction: Direction) => {
    const other = direction === "ingress" ? "egress" : "ingress";
    return safe(direction) || isFailsafe(configuration, other, direction, flow, "sourcePort");
  };

  let accepted = false;
  const raw =
    from === undefined ? specific(to)?.untracked.egress : specific(from)?.untracked.ingress;
  const rawDirection = from === undefined ? "egress" : "ingress";
  if (!source && raw && !rawSafe(rawDirection)) {
    const answer = walk(raw, rawDirection, flow, logs);
    if (answer === "Deny") return drop();
    accepted = answer === "Allow";
  }
  const refused = state === "invalid" && !accepted && configuration.dropInvalid;
  const isDenied = (list: Section | undefined, direction: Direction): boolean =>
    list !== undefined && (refused || walk(list, direction, flow, logs) === "Deny");
  const preDNAT = hostAt(from)?.preDNAT.ingress;
  if (from !== undefined && !accepted && preDNAT && preDNAT.stages.length > 0) {
    if (refused) return drop();
    const answer = safe("ingress") ? "None" : walk(preDNAT, "ingress", flow, logs);
    if (answer === "Deny") return drop();
    accepted = answer === "Allow";
  }
  const encapsulated =
    (flow.protocol === UDP &&
      flow.destinationPort === configuration.vxlanPort &&
      !configuration.allowVxlanFromWorkloads) ||
    (flow.protocol === IPIP && !configuration.allowIpipFromWorkloads);
  const isHostDenied = (list: Section | undefined, direction: Direction): boolean =>
    list !== undefined && (refused || (!safe(direction) && isDenied(list, direction)));
  if (from === undefined) {
    if (accepted || workloadAt(to)) return accept();
    return isHostDenied(hostAt(to)?.normal.egress, "egress") ? drop() : accept();
  }
  if (to === undefined) {
    if (source) {
      if (flow.protocol === ICMPV6 && flow.icmp?.type === 135) return accept();
      if (refused || encapsulated || isDenied(source.egress, "egress")) return drop();
      return configuration.endpointToHost === "Drop" ? drop() : accept();
    }
    if (accepted) return accept();
    return isHostDenied(hostAt(from)?.normal.ingress, "ingress") ? drop() : accept();
  }
  if (!accepted && isDenied(hostAt(from)?.forward.ingress, "ingress")) return drop();
  if (source && (encapsulated || isDenied(source.egress, "egress"))) return drop();
  if (isDenied(workloadAt(to)?.ingress, "ingress")) return drop();
  if (isDenied(hostAt(to)?.forward.egress, "egress")) return drop();
  return accept();
}

/** Whether a port of `ports`' direction is the packet's, seen from the host in `direction`. */
function isFailsafe(
  { failsafePorts }: Configuration,
  ports: Direction,
  direction: Direction,
  flow: Flow,
  field: "sourcePort" | "destinationPort",
): boolean {
  const peer = direction === "ingress" ? flow.source : flow.destination;
  return failsafePorts[ports].some(
    ({ protocol, port, net }) =>
      protocol === flow.protocol && port === flow[field] && (!net || contains(net, peer)),
  );
}

function walk(
  { stages, final }: Section,
  direction: Direction,
  flow: Flow,
  logs: string[],
): Section["final"] {
  tiers: for (const { rules, otherwise } of stages) {
    for (const one of rules) {
      if (!matches(one, flow)) continue;
      if (one.action === "Pass") continue tiers;
      if (one.action !== "Log") return one.action;
      if (one.decision.by === "rule")
        logs.push(formatLogPrefix({ direction, ...one.decision.policy, rule: one.decision.rule }));
    }
    if (otherwise === "Deny") return "Deny";
  }
  return final;
}

function matches(
  { families, protocol, icmp, source, destination }: CompiledRule,
  flow: Flow,
): boolean {
  if (!families.includes(flow.source.family)) return false;
  if (
    protocol.match !== "any" &&
    (protocol.match === "only") !== (protocol.protocol === flow.protocol)
  )
    return false;
  if (icmp && !(flow.icmp && icmp.has(flow.icmp.type * 256 + flow.icmp.code))) return false;
  return (
    sideMatches(source, flow.source, flow.sourcePort, flow) &&
    sideMatches(destination, flow.destination, flow.destinationPort, flow)
  );
}

function sideMatches(
  { addresses, ports, notPorts }: CompiledSide,
  at: Address,
  port: number | undefined,
  flow: Flow,
): boolean {
  const holds = ({ ports, named }: PortCriterion) =>
    port !== undefined &&
    (ports.has(port) ||
      named.some(({ members }) =>
        (members.get(formatAddress(at)) ?? []).some(
          (one) => one.protocol === flow.protocol && one.port === port,
        ),
      ));
  if (!addresses.every(({ set, negated }) => set.has(at) !== negated)) return false;
  return !(ports && !holds(ports)) && !(notPorts && holds(notPorts));
}
