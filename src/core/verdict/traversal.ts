/** What one node's policy says of a packet that passes it (evaluation.md §9.3-9.6). */
import type { Configuration } from "../model/configuration.ts";
import { type Endpoint, endpointName, type WorkloadEndpoint } from "../model/endpoint.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList, Step } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import { ICMPV6, UDP } from "../net/protocol.ts";
import type { CompiledHostEndpoint, Section } from "../policy/policy.ts";
import type { Cluster } from "./cluster.ts";
import { isFailsafe, isRawFailsafe } from "./failsafe.ts";
import type { End, Passage } from "./passage.ts";
import { type Answer, walk } from "./walk.ts";

/** How connection tracking sees a packet when it enters the node; a raw Allow makes it untracked. */
export type Tracking = "new" | "established" | "invalid";

const IPIP = 4;

/** ICMPv6 messages that a workload may always send its host: listeners, solicitations, neighbours. */
const NEIGHBOUR_DISCOVERY: readonly number[] = [130, 131, 132, 133, 135, 136];

/** A step with the endpoint that it is of, and the packet as that endpoint's list saw it. */
export interface Judged {
  readonly step: Step;
  readonly endpoint: Endpoint;
  readonly packet: Flow;
}

/** A passage being judged: the steps so far, and whether the packet may skip what an Allow skips. */
export class Traversal {
  readonly steps: Judged[] = [];
  readonly #cluster: Cluster;
  readonly #passage: Passage;
  readonly #flow: Flow;
  readonly #configuration: Configuration;
  /** The packet as it was before its destination was translated. */
  readonly #original: Flow;
  readonly #tracking: Tracking;
  #accepted = false;
  #untracked = false;

  constructor(cluster: Cluster, passage: Passage, flow: Flow, tracking: Tracking) {
    this.#cluster = cluster;
    this.#passage = passage;
    this.#flow = flow;
    this.#original = originalOf(flow);
    this.#configuration = cluster.configurationOf(passage.node);
    this.#tracking = tracking;
  }

  /** Whether untracked policy allowed the packet, so that connection tracking never sees it. */
  get untracked(): boolean {
    return this.#untracked;
  }

  /** The steps of the packet, in order. */
  judge(): readonly Judged[] {
    const { entry, exit } = this.#passage;
    if (entry.at === "host" && exit.at === "workload") return this.steps; // Never policed.
    if (entry.at === "host") this.#untrackedStep(exit, "egress");
    else this.#untrackedStep(entry, "ingress");
    if (this.#tracking === "established" && !this.#untracked) return this.steps;
    if (entry.at === "host") this.#output(exit);
    else {
      this.#preDNAT(entry);
      if (exit.at === "host") this.#input(entry);
      else this.#forward(entry, exit);
    }
    return this.steps;
  }

  /** Before connection tracking. Workloads' interfaces have no untracked policy. */
  #untrackedStep(end: End, direction: Direction): void {
    if (end.at !== "interface") return;
    const compiled = this.#hostEndpoint(end);
    if (!compiled || !this.#hasUntracked(compiled)) return;
    const { endpoint, untracked } = compiled;
    const answer = this.#step(endpoint, "untracked", direction, untracked[direction]);
    this.#untracked = isPolicyAllow(answer);
    this.#accepted = this.#untracked;
  }

  #hasUntracked({ endpoint, untracked }: CompiledHostEndpoint): boolean {
    return (["ingress", "egress"] as const).some(
      (direction) =>
        untracked[direction].stages.length > 0 ||
        this.#cluster.pending(endpoint, "untracked", direction) !== undefined,
    );
  }

  #preDNAT(entry: End): void {
    if (this.#accepted) return;
    const compiled = this.#hostEndpoint(entry);
    if (!compiled) return;
    const { endpoint, preDNAT } = compiled;
    const pending = this.#cluster.pending(endpoint, "preDNAT", "ingress");
    if (preDNAT.ingress.stages.length === 0 && !pending) return;
    this.#accepted = isPolicyAllow(this.#step(endpoint, "preDNAT", "ingress", preDNAT.ingress));
  }

  #output(exit: End): void {
    if (!this.#accepted) this.#hostList("normal", exit, "egress");
  }

  #input(entry: End): void {
    if (entry.at === "workload") this.#toOwnHost(entry.endpoint);
    else if (!this.#accepted) this.#hostList("normal", entry, "ingress");
  }

  /** A workload reaches its own host by neighbour discovery, or as the settings say after policy. */
  #toOwnHost(endpoint: WorkloadEndpoint): void {
    const { protocol, icmp } = this.#flow;
    if (protocol === ICMPV6 && icmp && NEIGHBOUR_DISCOVERY.includes(icmp.type)) {
      this.#push(endpoint, "normal", "egress", settled("Allow", "neighbour-discovery"));
      return;
    }
    if (this.#workload(endpoint, "egress").action === "Deny") return;
    const action = ENDPOINT_TO_HOST[this.#configuration.endpointToHost];
    this.#push(endpoint, "normal", "egress", settled(action, "endpoint-to-host"));
  }

  #forward(entry: End, exit: End): void {
    if (!this.#accepted) this.#hostList("forward", entry, "ingress");
    if (entry.at === "workload") this.#workload(entry.endpoint, "egress");
    if (exit.at === "workload") this.#workload(exit.endpoint, "ingress");
    this.#hostList("forward", exit, "egress");
  }

  #hostList(list: "normal" | "forward", end: End, direction: Direction): void {
    const compiled = this.#hostEndpoint(end);
    if (compiled) this.#step(compiled.endpoint, list, direction, compiled[list][direction]);
  }

  #workload(endpoint: WorkloadEndpoint, direction: Direction): Answer {
    return this.#step(endpoint, "normal", direction, this.#cluster.workload(endpoint, direction));
  }

  #hostEndpoint(end: End): CompiledHostEndpoint | undefined {
    if (end.at === "host") return undefined;
    const face = end.at === "interface" ? end.interface : "workload";
    return this.#cluster.hostEndpoint(this.#passage.node, face);
  }

  /** A list's answer, and what staged policies would make of it. */
  #step(endpoint: Endpoint, list: PolicyList, direction: Direction, section: Section): Answer {
    const flow = this.#packetAt(list);
    const early = this.#beforePolicy(endpoint, list, direction, flow);
    const answer = early ?? walk(section, flow);
    const staged = this.#cluster.pending(endpoint, list, direction);
    if (!staged) return this.#push(endpoint, list, direction, answer);
    const { action, decision } = early ?? walk(staged, flow);
    return this.#push(endpoint, list, direction, { ...answer, pending: { action, decision } });
  }

  /** What is settled before any policy: the connection's state, failsafe ports, tunnels. */
  #beforePolicy(
    endpoint: Endpoint,
    list: PolicyList,
    direction: Direction,
    flow: Flow,
  ): Answer | undefined {
    if (list === "untracked") {
      return isRawFailsafe(this.#configuration, direction, flow) ? FAILSAFE : undefined;
    }
    if (this.#tracking === "invalid" && !this.#untracked && this.#configuration.dropInvalid) {
      return settled("Deny", "invalid-state");
    }
    if (endpoint.kind === "HostEndpoint") {
      const isGuarded = list !== "forward" && isFailsafe(this.#configuration, direction, flow);
      return isGuarded ? FAILSAFE : undefined;
    }
    return direction === "egress" && isRefusedTunnel(this.#configuration, flow)
      ? settled("Deny", "encapsulation")
      : undefined;
  }

  #push(endpoint: Endpoint, list: PolicyList, direction: Direction, answer: Answer): Answer {
    const { node } = this.#passage;
    const { kind } = endpoint;
    const step = { node, endpoint: endpointName(endpoint), kind, direction, list, ...answer };
    this.steps.push({ step, endpoint, packet: this.#packetAt(list) });
    return answer;
  }

  #packetAt(list: PolicyList): Flow {
    return list === "untracked" || list === "preDNAT" ? this.#original : this.#flow;
  }
}

/** `Return` hands the packet to the host's own rules, which policy knows nothing of. */
const ENDPOINT_TO_HOST = { Drop: "Deny", Return: "None", Accept: "Allow" } as const;

type Settlement =
  | "failsafe"
  | "neighbour-discovery"
  | "endpoint-to-host"
  | "encapsulation"
  | "invalid-state";

function settled(action: Answer["action"], by: Settlement): Answer {
  return { action, decision: { by }, logs: [] };
}

const FAILSAFE = settled("Allow", "failsafe");

/** A failsafe port is let through by its own table only; what a rule allows skips later ones. */
function isPolicyAllow({ action, decision }: Answer): boolean {
  return action === "Allow" && decision.by !== "failsafe";
}

function isRefusedTunnel(
  { allowVxlanFromWorkloads, allowIpipFromWorkloads, vxlanPort }: Configuration,
  { protocol, destinationPort }: Flow,
): boolean {
  if (protocol === IPIP) return !allowIpipFromWorkloads;
  return protocol === UDP && destinationPort === vxlanPort && !allowVxlanFromWorkloads;
}

function originalOf(flow: Flow): Flow {
  const { originalDestination, ...translated } = flow;
  if (!originalDestination) return flow;
  const { address, port = flow.destinationPort } = originalDestination;
  return {
    ...translated,
    destination: address,
    ...(port !== undefined && { destinationPort: port }),
  };
}
