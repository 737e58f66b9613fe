/**
 * What one node's policy says of all connections between two addresses that pass it
 * (evaluation.md §9.3-9.6): `verdict/traversal.ts` with sets in place of a packet, method by method.
 */
import { once } from "../calc/once.ts";
import type { Configuration } from "../model/configuration.ts";
import { type Endpoint, endpointName, type WorkloadEndpoint } from "../model/endpoint.ts";
import type { Direction } from "../model/policy.ts";
import type { Decision, PolicyList, Step } from "../model/verdict.ts";
import { UDP } from "../net/protocol.ts";
import type { CompiledHostEndpoint, Section } from "../policy/policy.ts";
import { PortSet } from "../sets/port-set.ts";
import type { Cluster } from "../verdict/cluster.ts";
import type { End, Passage } from "../verdict/passage.ts";
import { ConnectionSet } from "./connection-set.ts";
import { failsafes, rawFailsafes } from "./failsafe.ts";
import type { Pair } from "./match.ts";
import { type Meet, type Meeting, type Outcome, walk } from "./walk.ts";

/** One endpoint's part in the fate of the connections that got to it. */
export interface SetStep extends Pick<Step, "node" | "endpoint" | "kind" | "direction" | "list"> {
  /** They share nothing; together they are the connections that were asked about. */
  readonly outcomes: readonly Outcome[];
}

/** A list of policy, and all connections between two addresses, as they met each other. */
export interface Sighting extends Pick<Step, "direction" | "list"> {
  readonly endpoint: Endpoint;
  /** Where the connections come from and go to, whether this is about them or their answers. */
  readonly pair: Pair;
  /** In order, beginning with the first rule. */
  readonly meetings: readonly Meeting[];
}

/** Is told of every list that is walked. */
export type Watch = (sighting: Sighting) => void;

/** The packets that pass: what begins connections, or what first answers them. */
export interface Packets extends Pair {
  readonly role: "request" | "reply";
  /** The connections that they belong to. */
  readonly asked: ConnectionSet;
  /** How connection tracking sees them when they enter the node; the rest is new. */
  readonly established: ConnectionSet;
  readonly invalid: ConnectionSet;
  readonly watch?: Watch | undefined;
}

const IPIP = 4;

const TUNNELS = ConnectionSet.ofProtocol(IPIP);

const NEIGHBOUR_DISCOVERY = ConnectionSet.ofMessages(
  6,
  PortSet.union(
    [130, 131, 132, 133, 135, 136].map((type) => PortSet.range(type * 256, type * 256 + 255)),
  ),
);

/**
 * A passage being judged. Every set in it is of connections, known by their first packet; what
 * policy says of answers is said of the connections that these answer.
 */
export class Traversal {
  readonly steps: SetStep[] = [];
  readonly #cluster: Cluster;
  readonly #passage: Passage;
  readonly #packets: Packets;
  readonly #configuration: Configuration;
  #asked: ConnectionSet;
  #accepted = ConnectionSet.none;
  #untracked = ConnectionSet.none;

  constructor(cluster: Cluster, passage: Passage, packets: Packets) {
    this.#cluster = cluster;
    this.#passage = passage;
    this.#packets = packets;
    this.#asked = packets.asked;
    this.#configuration = cluster.configurationOf(passage.node);
  }

  /** The connections that untracked policy allowed, so that connection tracking never sees them. */
  get untracked(): ConnectionSet {
    return this.#untracked;
  }

  /** The steps of the packets, in order. */
  judge(): readonly SetStep[] {
    const { entry, exit } = this.#passage;
    if (entry.at === "host" && exit.at === "workload") return this.steps; // Never policed.
    if (entry.at === "host") this.#untrackedStep(exit, "egress");
    else this.#untrackedStep(entry, "ingress");
    const settled = this.#packets.established.subtract(this.#untracked);
    this.#asked = this.#asked.subtract(settled);
    if (this.#asked.isEmpty) return this.steps;
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
    const outcomes = this.#step(endpoint, "untracked", direction, untracked[direction]);
    this.#untracked = allowedByPolicy(outcomes);
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
    const compiled = this.#hostEndpoint(entry);
    if (!compiled) return;
    const { endpoint, preDNAT } = compiled;
    const pending = this.#cluster.pending(endpoint, "preDNAT", "ingress");
    if (preDNAT.ingress.stages.length === 0 && !pending) return;
    const outcomes = this.#step(endpoint, "preDNAT", "ingress", preDNAT.ingress, this.#unaccepted);
    this.#accepted = this.#accepted.union(allowedByPolicy(outcomes));
  }

  #output(exit: End): void {
    this.#hostList("normal", exit, "egress", this.#unaccepted);
  }

  #input(entry: End): void {
    if (entry.at === "workload") this.#toOwnHost(entry.endpoint);
    else this.#hostList("normal", entry, "ingress", this.#unaccepted);
  }

  /** A workload reaches its own host by neighbour discovery, or as the settings say after policy. */
  #toOwnHost(endpoint: WorkloadEndpoint): void {
    const discovery = this.#asked.intersect(this.#connectionsOf(NEIGHBOUR_DISCOVERY));
    this.#push(endpoint, "normal", "egress", settled(discovery, "Allow", "neighbour-discovery"));
    const asked = this.#asked.subtract(discovery);
    const left = asked.subtract(deniedOf(this.#workload(endpoint, "egress", asked)));
    const action = ENDPOINT_TO_HOST[this.#configuration.endpointToHost];
    this.#push(endpoint, "normal", "egress", settled(left, action, "endpoint-to-host"));
  }

  #forward(entry: End, exit: End): void {
    this.#hostList("forward", entry, "ingress", this.#unaccepted);
    if (entry.at === "workload") this.#workload(entry.endpoint, "egress");
    if (exit.at === "workload") this.#workload(exit.endpoint, "ingress");
    this.#hostList("forward", exit, "egress");
  }

  get #isRequest(): boolean {
    return this.#packets.role === "request";
  }

  get #unaccepted(): ConnectionSet {
    return this.#asked.subtract(this.#accepted);
  }

  #hostList(
    list: "normal" | "forward",
    end: End,
    direction: Direction,
    asked: ConnectionSet = this.#asked,
  ): void {
    const compiled = this.#hostEndpoint(end);
    if (compiled) this.#step(compiled.endpoint, list, direction, compiled[list][direction], asked);
  }

  #workload(
    endpoint: WorkloadEndpoint,
    direction: Direction,
    asked: ConnectionSet = this.#asked,
  ): readonly Outcome[] {
    const section = this.#cluster.workload(endpoint, direction);
    return this.#step(endpoint, "normal", direction, section, asked);
  }

  #hostEndpoint(end: End): CompiledHostEndpoint | undefined {
    if (end.at === "host") return undefined;
    const face = end.at === "interface" ? end.interface : "workload";
    return this.#cluster.hostEndpoint(this.#passage.node, face);
  }

  /** A list's outcomes for the connections that got to it. */
  #step(
    endpoint: Endpoint,
    list: PolicyList,
    direction: Direction,
    section: Section,
    asked: ConnectionSet = this.#asked,
  ): readonly Outcome[] {
    const early = this.#beforePolicy(endpoint, list, direction, asked);
    const left = asked.subtract(ConnectionSet.union(early.map(({ connections }) => connections)));
    const seen = this.#seen(endpoint, list, direction);
    return this.#push(endpoint, list, direction, [...early, ...this.#walk(section, left, seen)]);
  }

  /** Tells whoever watches of one list; undefined when nobody does. */
  #seen(endpoint: Endpoint, list: PolicyList, direction: Direction): Meet | undefined {
    const { source, destination, watch } = this.#packets;
    if (!watch) return undefined;
    const pair = this.#isRequest
      ? { source, destination }
      : { source: destination, destination: source };
    return (meetings) => watch({ endpoint, list, direction, pair, meetings });
  }

  #walk(section: Section, asked: ConnectionSet, seen: Meet | undefined): readonly Outcome[] {
    if (this.#isRequest) {
      return asked.isEmpty && !seen ? [] : walk(section, this.#packets, asked, seen);
    }
    if (asked.isEmpty) return [];
    const begun = (answers: ConnectionSet) => this.#connectionsOf(answers).intersect(asked);
    const met = (meetings: readonly Meeting[]) =>
      seen?.(
        meetings
          .map((one) => ({ ...one, matched: begun(one.matched), reached: begun(one.reached) }))
          .filter(({ matched }) => !matched.isEmpty),
      );
    return walk(section, this.#packets, ConnectionSet.all, seen && met).map((outcome) => {
      return { ...outcome, connections: begun(outcome.connections) };
    });
  }

  /** What is settled before any policy: the connection's state, failsafe ports, tunnels. */
  #beforePolicy(
    endpoint: Endpoint,
    list: PolicyList,
    direction: Direction,
    asked: ConnectionSet,
  ): Outcome[] {
    if (list === "untracked") {
      const open = rawFailsafes(this.#configuration, direction, this.#packets);
      return settled(this.#connectionsOf(open).intersect(asked), "Allow", "failsafe");
    }
    const { dropInvalid } = this.#configuration;
    const stateless = this.#packets.invalid.subtract(this.#untracked).intersect(asked);
    const invalid = dropInvalid ? stateless : ConnectionSet.none;
    const dropped = settled(invalid, "Deny", "invalid-state");
    const left = asked.subtract(invalid);
    if (endpoint.kind === "HostEndpoint") {
      if (list === "forward") return dropped;
      const open = this.#connectionsOf(failsafes(this.#configuration, direction, this.#packets));
      return [...dropped, ...settled(open.intersect(left), "Allow", "failsafe")];
    }
    if (direction === "ingress") return dropped;
    const tunnels = this.#connectionsOf(refusedTunnels(this.#configuration));
    return [...dropped, ...settled(tunnels.intersect(left), "Deny", "encapsulation")];
  }

  /** The connections that packets of `set` begin or, of answers, that they answer. */
  #connectionsOf(set: ConnectionSet): ConnectionSet {
    return this.#isRequest ? set : set.answered();
  }

  #push(
    endpoint: Endpoint,
    list: PolicyList,
    direction: Direction,
    all: readonly Outcome[],
  ): readonly Outcome[] {
    const outcomes = all.filter(({ connections }) => !connections.isEmpty);
    if (outcomes.length === 0) return outcomes;
    const { node } = this.#passage;
    const { kind } = endpoint;
    this.steps.push({ node, endpoint: endpointName(endpoint), kind, direction, list, outcomes });
    return outcomes;
  }
}

/** What a step or several deny. */
export function deniedOf(outcomes: readonly Outcome[]): ConnectionSet {
  const denied = outcomes.filter(({ action }) => action === "Deny");
  return ConnectionSet.union(denied.map(({ connections }) => connections));
}

/** `Return` hands the packet to the host's own rules, which policy knows nothing of. */
const ENDPOINT_TO_HOST = { Drop: "Deny", Return: "None", Accept: "Allow" } as const;

type Settlement =
  | "failsafe"
  | "neighbour-discovery"
  | "endpoint-to-host"
  | "encapsulation"
  | "invalid-state";

function settled(connections: ConnectionSet, action: Outcome["action"], by: Settlement): Outcome[] {
  const decision: Decision = { by };
  return connections.isEmpty ? [] : [{ connections, action, decision }];
}

/** A failsafe port is let through by its own table only; what a rule allows skips later ones. */
function allowedByPolicy(outcomes: readonly Outcome[]): ConnectionSet {
  const allowed = outcomes.filter(
    ({ action, decision }) => action === "Allow" && decision.by !== "failsafe",
  );
  return ConnectionSet.union(allowed.map(({ connections }) => connections));
}

const REFUSED = new WeakMap<Configuration, ConnectionSet>();

function refusedTunnels(configuration: Configuration): ConnectionSet {
  return once(REFUSED, configuration, () => tunnelsRefusedBy(configuration));
}

function tunnelsRefusedBy({
  allowVxlanFromWorkloads,
  allowIpipFromWorkloads,
  vxlanPort,
}: Configuration): ConnectionSet {
  const vxlan = { sources: PortSet.all, destinations: PortSet.range(vxlanPort) };
  return ConnectionSet.union([
    ...(allowIpipFromWorkloads ? [] : [TUNNELS]),
    ...(allowVxlanFromWorkloads ? [] : [ConnectionSet.ofPorts(UDP, vxlan)]),
  ]);
}
