/** Real packets of one flow, about one a millisecond, until they fare otherwise. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Flow } from "../src/core/net/flow.ts";
import type { Lab } from "../src/dataplane/lab/lab.ts";
import { openingPacket, tokenOf } from "../src/dataplane/lab/packet.ts";
import { Sockets } from "../src/dataplane/lab/probe-sockets.ts";
import { Sightings } from "./sightings.ts";

const FIRST_PORT = 32_768;
const PORTS = 28_000;
/** What is not seen by then never will be. */
const PATIENCE_MS = 10_000;

export class PacketWatch {
  readonly #lab: Lab;
  #token = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /**
   * When packets of the flow first fared so: the moment that one is heard where it was sent to, or
   * the moment that the first one is sent which, like all after it, never arrives. The first packet
   * is out when the call returns its promise. Throws when that does not come to pass.
   */
  async seenAt(flow: Flow, becomes: "delivered" | "dropped"): Promise<number> {
    const lab = this.#lab;
    const sockets = new Sockets((place) => lab.netnsOf(place));
    const sightings = new Sightings();
    const deadline = performance.now() + PATIENCE_MS;
    try {
      sockets.listen(lab.placeOf(flow.destination), flow.destination.family, flow.protocol);
      while (performance.now() < deadline) {
        this.#send(sockets, flow, sightings);
        sockets.hear((protocol, bytes) => {
          const token = tokenOf(protocol, bytes);
          if (token !== undefined) sightings.heard(token, performance.now());
        });
        const found = becomes === "delivered" ? sightings.firstHeard : sightings.firstLost;
        if (found !== undefined) return found;
        await sleep(1);
      }
    } finally {
      sockets.close();
    }
    throw new Error(`packets that should be ${becomes} are not`);
  }

  /** Each packet is the first of a connection of its own, or connection tracking would let it by. */
  #send(sockets: Sockets, flow: Flow, sightings: Sightings): void {
    this.#token++;
    const sourcePort = FIRST_PORT + (this.#token % PORTS);
    const sent = { ...flow, sourcePort };
    sightings.sent(this.#token, performance.now());
    const from = this.#lab.placeOf(flow.source);
    sockets.send(from, false, sent, openingPacket(sent, this.#token));
  }
}
