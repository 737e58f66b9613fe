/**
 * Real packets, seen arriving. Each probe is one packet that the kernel of its source routes like
 * any other, watched for by a raw socket where its destination lives: that hears what has passed
 * the firewalls on the way and the receiving host's own, whether anybody listens there or not.
 */

import { randomBytes } from "node:crypto";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { type Address, formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { hasPorts, ICMP, ICMPV6 } from "../../core/net/protocol.ts";
import { reasonOf } from "../../core/text/reason.ts";
import { Turns } from "../nft/turns.ts";
import { forgetConnections } from "./conntrack.ts";
import { SystemError } from "./libc.ts";
import { answeredToken, isAnswered, openingPacket, tokenOf } from "./packet.ts";
import { Sockets } from "./probe-sockets.ts";
import type { Place } from "./topology.ts";

/**
 * A packet to send: the first one of the flow. Without `sourcePort` it has a fresh one; an ICMP flow
 * without `icmp` is an echo request. `forged` lets it go out with an address that is not `from`'s.
 */
export interface ProbeRequest extends Flow {
  readonly from: Place;
  readonly forged?: boolean;
}

/** What became of one packet. */
export interface ProbeResult {
  /** `unsent`: the source cannot send this at all, so nothing is learnt of policy. */
  readonly outcome: "delivered" | "dropped" | "unsent";
  /** Whether a reply came back too; set for delivered TCP and echo requests, which always get one. */
  readonly answered?: boolean;
  /** For people: why it was not delivered. */
  readonly detail: string;
  /** The flow as it was sent, its ports and ICMP message filled in. */
  readonly flow: Flow;
}

export interface ProberOptions {
  readonly netnsOf: (place: Place) => string;
  readonly placeOf: (address: Address) => Place;
  readonly nodes: () => readonly Place[];
}

/** Packets cross the lab within a millisecond; what has not arrived after this long was dropped. */
const PATIENCE_MS = 250;
/** So many packets fit into the smallest receive buffer at once. */
const BURST = 64;
const FIRST_PORT = 32_768;
const PORTS = 28_000;

interface Probe {
  readonly request: ProbeRequest;
  readonly flow: Flow;
  readonly token: number;
  arrived: boolean;
  answered: boolean;
  /** What settles it without waiting: it could not be sent, or the sender's firewall refused. */
  settled?: Pick<ProbeResult, "outcome" | "detail">;
}

/** Sends probes and tells what became of them. One batch of requests at a time. */
export class Prober {
  readonly #options: ProberOptions;
  #token = randomBytes(4).readUInt32BE();
  #port = randomBytes(2).readUInt16BE() % PORTS;
  readonly #turns = new Turns();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  probeAll(requests: readonly ProbeRequest[]): Promise<ProbeResult[]> {
    return this.#turns.take(() => this.#inRounds(requests));
  }

  /**
   * Connection tracking must take no probe for another's reply or repetition. Where port or
   * identifier is fresh it cannot; of the others each has a round of its own, with memory emptied.
   */
  async #inRounds(requests: readonly ProbeRequest[]): Promise<ProbeResult[]> {
    const results: ProbeResult[] = [];
    const waiting = requests.map((request, at) => ({ request, at }));
    while (waiting.length > 0) {
      const pairs = new Set<string>();
      const round: typeof waiting = [];
      for (const one of waiting.splice(0)) {
        const pair = likeness(one.request);
        if (pair !== undefined && pairs.has(pair)) waiting.push(one);
        else round.push(one);
        if (pair !== undefined) pairs.add(pair);
      }
      if (pairs.size > 0) {
        for (const node of this.#options.nodes()) forgetConnections(this.#options.netnsOf(node));
      }
      const answers = await this.#round(round.map(({ request }) => request));
      round.forEach(({ at }, i) => {
        const answer = answers[i];
        if (answer) results[at] = answer;
      });
    }
    return results;
  }

  async #round(requests: readonly ProbeRequest[]): Promise<ProbeResult[]> {
    const probes = requests.map((request) => this.#prepare(request));
    const pending = new Map(probes.map((probe) => [probe.token, probe]));
    const sockets = new Sockets(this.#options.netnsOf);
    const hear = (): void =>
      sockets.hear((protocol, bytes) => {
        const arrived = pending.get(tokenOf(protocol, bytes) ?? 0);
        if (arrived?.flow.protocol === protocol) arrived.arrived = true;
        const answered = pending.get(answeredToken(protocol, bytes) ?? 0);
        if (answered?.flow.protocol === protocol) answered.answered = true;
      });
    try {
      for (const probe of probes) this.#listen(sockets, probe);
      for (const [i, probe] of probes.entries()) {
        send(sockets, probe);
        if (i % BURST === BURST - 1) hear();
      }
      const deadline = performance.now() + PATIENCE_MS;
      hear();
      for (let nap = 0; probes.some(isOpen); nap = Math.min(nap + 1, 20)) {
        const late = performance.now() > deadline;
        await (nap === 0 ? setImmediate() : sleep(nap));
        hear();
        if (late) break;
      }
    } finally {
      sockets.close();
    }
    return probes.map(resultOf);
  }

  #prepare(request: ProbeRequest): Probe {
    this.#token = (this.#token + 1) >>> 0 || 1;
    const { source, destination, protocol, destinationPort, icmp } = request;
    const flow: Flow = {
      source,
      destination,
      protocol,
      ...(hasPorts(protocol) && { sourcePort: request.sourcePort ?? this.#freshPort() }),
      ...(destinationPort !== undefined && { destinationPort }),
      ...(icmp && { icmp }),
    };
    return { request, flow, token: this.#token, arrived: false, answered: false };
  }

  #freshPort(): number {
    this.#port = (this.#port + 1) % PORTS;
    return FIRST_PORT + this.#port;
  }

  #listen(sockets: Sockets, probe: Probe): void {
    const { source, destination, protocol } = probe.flow;
    if (source.family !== destination.family) {
      settleUnsent(probe, "its source and destination are not of one family");
      return;
    }
    try {
      sockets.listen(this.#options.placeOf(destination), destination.family, protocol);
      if (isAnswered(probe.flow)) sockets.listen(probe.request.from, source.family, protocol);
    } catch (error) {
      settleUnsent(probe, reasonOf(error));
    }
  }
}

function send(sockets: Sockets, probe: Probe): void {
  if (probe.settled) return;
  const { request, flow, token } = probe;
  try {
    sockets.send(request.from, request.forged ?? false, flow, openingPacket(flow, token));
  } catch (error) {
    if (error instanceof SystemError && error.code === "EPERM") {
      probe.settled = { outcome: "dropped", detail: "refused by the sender's own firewall" };
    } else {
      settleUnsent(probe, reasonOf(error));
    }
  }
}

function settleUnsent(probe: Probe, detail: string): void {
  probe.settled = { outcome: "unsent", detail };
}

function isOpen(probe: Probe): boolean {
  if (probe.settled) return false;
  return !probe.arrived || (isAnswered(probe.flow) && !probe.answered);
}

function resultOf({ flow, settled, arrived, answered }: Probe): ProbeResult {
  if (settled) return { ...settled, flow };
  if (!arrived) {
    return { outcome: "dropped", detail: `nothing arrived within ${PATIENCE_MS} ms`, flow };
  }
  return {
    outcome: "delivered",
    detail: "",
    flow,
    ...(isAnswered(flow) && { answered }),
  };
}

/**
 * A text that two requests share when connection tracking may take them for one connection, in
 * either direction; undefined when the prober gives the request an identity of its own.
 */
function likeness(request: ProbeRequest): string | undefined {
  const { protocol, source, destination, sourcePort, destinationPort } = request;
  const ported = hasPorts(protocol);
  const isFresh = ported ? sourcePort === undefined : protocol === ICMP || protocol === ICMPV6;
  if (isFresh) return undefined;
  const ends = [
    `${formatAddress(source)} ${ported ? sourcePort : ""}`,
    `${formatAddress(destination)} ${ported ? (destinationPort ?? 0) : ""}`,
  ];
  return `${protocol} ${ends.sort().join(" ")}`;
}
