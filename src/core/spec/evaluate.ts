/**
 * The meaning of policy: the verdict of a whole cluster on a connection. This room is the oracle
 * that everything faster is compared with. It follows evaluation.md section by section in the
 * plainest way, and is never made faster.
 */
import { type Configuration, configurationOf } from "../model/configuration.ts";
import type { Endpoint, WorkloadEndpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList, Step, Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import { ICMP, ICMPV6, TCP } from "../net/protocol.ts";
import { evaluateEndpoint, hasPolicies, hasStaged, stepOf } from "./endpoint.ts";
import { type Crossing, crossingsOf, type Gate, governing, ownHostEndpoint } from "./path.ts";

/** The fate of the connection that `flow` opens: its first packet, and whether a reply returns. */
export function evaluate(model: Model, flow: Flow): Verdict {
  // Destination NAT happens on the first node that the packet crosses; later ones see its outcome.
  const { originalDestination: _, ...translated } = flow;
  const there = crossingsOf(model, flow).map((crossing, i) => ({
    crossing,
    passage: cross(model, crossing, i === 0 ? flow : translated, "new"),
  }));
  const request = there.flatMap(({ passage }) => passage.steps);
  const reply = replyTo(flow);
  if (!reply || isDenied(request)) return verdictOf(request);
  // §10: replies are "allowed by conntrack, never re-evaluated (untracked policy excepted, §9.2)".
  const back = there.toReversed().flatMap(({ crossing, passage }) => {
    const state = passage.untracked ? withoutEntry(flow) : "established";
    return cross(model, turned(crossing), reply, state).steps;
  });
  return verdictOf([...request, ...back]);
}

function verdictOf(steps: readonly Step[]): Verdict {
  return { action: isDenied(steps) ? "Deny" : "Allow", steps };
}

/** What conntrack thinks of a packet. `untracked`: policy took it away from conntrack. */
type State = "new" | "established" | "invalid" | "untracked";

/** What a packet met on one node, and whether untracked policy allowed it there. */
interface Passage {
  readonly steps: readonly Step[];
  readonly untracked: boolean;
}

/** §9.2 and §9.3: raw, then mangle, then the filter chain of forwarded, incoming or own packets. */
function cross(model: Model, crossing: Crossing, flow: Flow, state: State): Passage {
  const { node, from, to } = crossing;
  const configuration = configurationOf(model, node);
  const beforeNat = untranslated(flow);
  const raw = rawSteps(model, crossing, beforeNat);
  const untracked = isAllowedByPolicy(raw);
  if (state === "established" && !untracked) return { steps: raw, untracked };

  const judge: Judge = (endpoint, direction, list) => {
    if (state === "invalid" && !untracked && configuration.dropInvalid) {
      return refused(model, endpoint, direction, list);
    }
    const seen = list === "preDNAT" ? beforeNat : flow;
    return evaluateEndpoint(model, endpoint, direction, seen, list);
  };
  const preDNAT = untracked || from.kind === "process" ? [] : preDNATSteps(model, crossing, judge);
  const accepted = untracked || isAllowedByPolicy(preDNAT);

  const host = (gate: Gate, direction: Direction, list: PolicyList): Step[] => {
    const endpoint = governing(model, node, gate);
    return endpoint ? [judge(endpoint, direction, list)] : [];
  };
  const filter = (): Step[] => {
    if (from.kind === "process") {
      // §9.6: "host → local pod is never policed".
      return accepted || to.kind === "workload" ? [] : host(to, "egress", "normal");
    }
    if (to.kind === "process") {
      // §9.5, 5: a goto, so steps 6-8 are not reached.
      if (from.kind === "workload") return toOwnHost(configuration, from.endpoint, flow, judge);
      return accepted ? [] : host(from, "ingress", "normal");
    }
    // §9.4, in its order.
    return [
      ...(accepted ? [] : host(from, "ingress", "forward")),
      ...(from.kind === "workload" ? [judge(from.endpoint, "egress", "normal")] : []),
      ...(to.kind === "workload" ? [judge(to.endpoint, "ingress", "normal")] : []),
      ...host(to, "egress", "forward"),
    ];
  };
  return { steps: [...raw, ...preDNAT, ...filter()], untracked };
}

type Judge = (endpoint: Endpoint, direction: Direction, list: PolicyList) => Step;

/** §7.1, 4: before policy, so that staged policy would change nothing. */
function refused(model: Model, endpoint: Endpoint, direction: Direction, list: PolicyList): Step {
  const answer = { action: "Deny", decision: { by: "invalid-state" } } as const;
  const step = stepOf(endpoint, direction, list, answer);
  return hasStaged(model, endpoint, direction, list) ? { ...step, pending: answer } : step;
}

/** §5.2: "preDNAT/raw are before DNAT". */
function untranslated(flow: Flow): Flow {
  const { originalDestination: original, ...translated } = flow;
  if (!original) return flow;
  const port = original.port ?? flow.destinationPort;
  return {
    ...translated,
    destination: original.address,
    ...(port !== undefined && { destinationPort: port }),
  };
}

/**
 * §9.2, untracked: PREROUTING for what comes in by a host interface, OUTPUT for what a process
 * sends. Workload interfaces are skipped, and "doNotTrack on a `*` HEP is ignored".
 */
function rawSteps(model: Model, { node, from, to }: Crossing, flow: Flow): Step[] {
  const [gate, direction] =
    from.kind === "process" ? [to, "egress" as const] : [from, "ingress" as const];
  const endpoint = ownHostEndpoint(model, node, gate);
  if (!endpoint || !hasPolicies(model, endpoint, "untracked")) return [];
  return [evaluateEndpoint(model, endpoint, direction, flow, "untracked")];
}

/** §9.2, preDNAT: "on `*` applies to every interface including workload ones". */
function preDNATSteps(model: Model, { node, from }: Crossing, judge: Judge): Step[] {
  const endpoint = governing(model, node, from);
  if (!endpoint || !hasPolicies(model, endpoint, "preDNAT")) return [];
  return [judge(endpoint, "ingress", "preDNAT")];
}

/** The ICMPv6 types of §9.5, 5: multicast listeners, and router and neighbour solicitation. */
const NEIGHBOUR_DISCOVERY: readonly number[] = [130, 131, 132, 133, 135, 136];

/** §9.5, 5: the workload's egress policy, then DefaultEndpointToHostAction. */
function toOwnHost(
  { endpointToHost }: Configuration,
  endpoint: WorkloadEndpoint,
  flow: Flow,
  judge: Judge,
): Step[] {
  if (flow.protocol === ICMPV6 && flow.source.family === 6) {
    if (flow.icmp && NEIGHBOUR_DISCOVERY.includes(flow.icmp.type)) {
      const decision = { by: "neighbour-discovery" } as const;
      return [stepOf(endpoint, "egress", "normal", { action: "Allow", decision })];
    }
  }
  const egress = judge(endpoint, "egress", "normal");
  if (egress.action === "Deny") return [egress];
  const action = TO_HOST[endpointToHost];
  return [
    egress,
    stepOf(endpoint, "egress", "normal", { action, decision: { by: "endpoint-to-host" } }),
  ];
}

/** `Return` leaves the packet to the host's own rules, of which policy knows nothing. */
const TO_HOST = { Drop: "Deny", Return: "None", Accept: "Allow" } as const;

/** §9.3: only Allow of a rule sets the mark; a failsafe is "a plain ACCEPT" of its table alone. */
function isAllowedByPolicy(steps: readonly Step[]): boolean {
  return steps.some(({ action, decision }) => action === "Allow" && decision.by === "rule");
}

function isDenied(steps: readonly Step[]): boolean {
  return steps.some((step) => step.action === "Deny");
}

function turned({ node, from, to }: Crossing): Crossing {
  return { node, from: to, to: from };
}

/**
 * §9.2: without a conntrack entry a reply of TCP "is INVALID there, other protocols are NEW"; but the
 * kernel takes an echo reply that nobody asked for as INVALID too.
 */
function withoutEntry(flow: Flow): State {
  return [TCP, ICMP, ICMPV6].includes(flow.protocol) ? "invalid" : "new";
}

/** Addresses and ports swapped. Of ICMP only an echo request has a reply. */
function replyTo(flow: Flow): Flow | undefined {
  const { source, destination, protocol, sourcePort, destinationPort, icmp } = flow;
  const type = icmp && echoReply(protocol, icmp.type);
  if (icmp && type === undefined) return undefined;
  return {
    source: destination,
    destination: source,
    protocol,
    ...(destinationPort !== undefined && { sourcePort: destinationPort }),
    ...(sourcePort !== undefined && { destinationPort: sourcePort }),
    ...(type !== undefined && { icmp: { type, code: 0 } }),
  };
}

function echoReply(protocol: number, type: number): number | undefined {
  if (protocol === ICMP && type === 8) return 0;
  return protocol === ICMPV6 && type === 128 ? 129 : undefined;
}
