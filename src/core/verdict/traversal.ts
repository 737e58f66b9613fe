/** What one node's policy says of a packet that passes it (evaluation.md §9.3-9.6). */
import { endpointName, type WorkloadEndpoint } from "../model/endpoint.ts";
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
const VXLAN_PORT = 4789;

/** ICMPv6 messages that a workload may always send its host: listeners, solicitations, neighbours. */
const NEIGHBOUR_DISCOVERY: readonly number[] = [130, 131, 132, 133, 135, 136];

/** A passage being judged: the steps so far, and whether the packet may skip what an Allow skips. */
export class Traversal {
  readonly steps: Step[] = [];
  readonly #cluster: Cluster;
  readonly #passage: Passage;
  readonly #flow: Flow;
  readonly #tracking: Tracking;
  #accepted = false;
  #untracked = false;

  constructor(cluster: Cluster, passage: Passage, flow: Flow, tracking: Tracking) {
    this.#cluster = cluster;
    this.#passage = passage;
    this.#flow = flow;
    this.#tracking = tracking;
  }

  /** Whether untracked policy allowed the packet, so that connection tracking never sees it. */
  get untracked(): boolean {
    return this.#untracked;
  }

  /** The steps of the packet, in order. */
  judge(): readonly Step[] {
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
    if (!compiled) return;
    const { ingress, egress } = compiled.untracked;
    if (ingress.stages.length + egress.stages.length === 0) return;
    const answer = isRawFailsafe(direction, this.#flow)
      ? FAILSAFE
      : walk(compiled.untracked[direction], this.#flow);
    this.#hostStep(compiled, "untracked", direction, answer);
    this.#untracked = answer.action === "Allow" && answer.decision.by !== "failsafe";
    this.#accepted = this.#untracked;
  }

  #preDNAT(entry: End): void {
    if (this.#accepted) return;
    const compiled = this.#hostEndpoint(entry);
    if (!compiled || compiled.preDNAT.ingress.stages.length === 0) return;
    const answer = this.#guarded("ingress", compiled.preDNAT.ingress);
    this.#hostStep(compiled, "preDNAT", "ingress", answer);
    this.#accepted = answer.action === "Allow" && answer.decision.by !== "failsafe";
  }

  #output(exit: End): void {
    if (!this.#accepted) this.#normal(exit, "egress");
  }

  #input(entry: End): void {
    if (entry.at === "workload") this.#toOwnHost(entry.endpoint);
    else if (!this.#accepted) this.#normal(entry, "ingress");
  }

  /** A workload may reach its own host only by neighbour discovery: the default host action drops. */
  #toOwnHost(endpoint: WorkloadEndpoint): void {
    const { protocol, icmp } = this.#flow;
    if (protocol === ICMPV6 && icmp && NEIGHBOUR_DISCOVERY.includes(icmp.type)) {
      this.#workloadStep(endpoint, "egress", allow("neighbour-discovery"));
      return;
    }
    const answer = this.#workload(endpoint, "egress");
    if (answer.action === "Allow") this.#workloadStep(endpoint, "egress", deny("endpoint-to-host"));
  }

  #forward(entry: End, exit: End): void {
    if (!this.#accepted) this.#forwardStep(entry, "ingress");
    if (entry.at === "workload") this.#workload(entry.endpoint, "egress");
    if (exit.at === "workload") this.#workload(exit.endpoint, "ingress");
    this.#forwardStep(exit, "egress");
  }

  #forwardStep(end: End, direction: Direction): void {
    const compiled = this.#hostEndpoint(end);
    if (!compiled) return;
    const answer = this.#tracked(() => walk(compiled.forward[direction], this.#flow));
    this.#hostStep(compiled, "forward", direction, answer);
  }

  #normal(end: End, direction: Direction): void {
    const compiled = this.#hostEndpoint(end);
    if (!compiled) return;
    const answer = this.#guarded(direction, compiled.normal[direction]);
    this.#hostStep(compiled, "normal", direction, answer);
  }

  #workload(endpoint: WorkloadEndpoint, direction: Direction): Answer {
    const section = this.#cluster.workload(endpoint)[direction];
    const answer = this.#tracked(() =>
      direction === "egress" && isEncapsulated(this.#flow)
        ? deny("encapsulation")
        : walk(section, this.#flow),
    );
    this.#workloadStep(endpoint, direction, answer);
    return answer;
  }

  /** Policy behind the failsafe ports. */
  #guarded(direction: Direction, section: Section): Answer {
    return this.#tracked(() =>
      isFailsafe(direction, this.#flow) ? FAILSAFE : walk(section, this.#flow),
    );
  }

  /** Lists that see the connection's state refuse a packet that belongs to none. */
  #tracked(answer: () => Answer): Answer {
    return this.#tracking === "invalid" && !this.#untracked ? deny("invalid-state") : answer();
  }

  #hostEndpoint(end: End): CompiledHostEndpoint | undefined {
    if (end.at === "host") return undefined;
    const face = end.at === "interface" ? end.interface : "workload";
    return this.#cluster.hostEndpoint(this.#passage.node, face);
  }

  #hostStep(
    { endpoint }: CompiledHostEndpoint,
    list: PolicyList,
    direction: Direction,
    answer: Answer,
  ): void {
    const { node } = this.#passage;
    this.steps.push({
      node,
      endpoint: endpoint.name,
      kind: endpoint.kind,
      direction,
      list,
      ...answer,
    });
  }

  #workloadStep(endpoint: WorkloadEndpoint, direction: Direction, answer: Answer): void {
    const { node } = this.#passage;
    const name = endpointName(endpoint);
    this.steps.push({
      node,
      endpoint: name,
      kind: endpoint.kind,
      direction,
      list: "normal",
      ...answer,
    });
  }
}

const FAILSAFE = allow("failsafe");

function allow(by: "failsafe" | "neighbour-discovery"): Answer {
  return { action: "Allow", decision: { by }, logs: [] };
}

function deny(by: "endpoint-to-host" | "encapsulation" | "invalid-state"): Answer {
  return { action: "Deny", decision: { by }, logs: [] };
}

function isEncapsulated({ protocol, destinationPort }: Flow): boolean {
  return protocol === IPIP || (protocol === UDP && destinationPort === VXLAN_PORT);
}
