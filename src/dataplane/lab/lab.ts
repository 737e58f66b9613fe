/** A cluster on one machine: each node, pod and VM a network namespace, joined as machines are. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../core/net/address.ts";
import { Turns } from "../nft/turns.ts";
import { type Commands, ip, ipDelete } from "./ip.ts";
import { formatLabId, type LabId, netnsName, newLabId } from "./lab-id.ts";
import { AF_INET, closeSocket, interfaceFlags, openSocket, SOCK_DGRAM } from "./libc.ts";
import { inNamespace, writeSettings } from "./namespace.ts";
import { type ProbeRequest, type ProbeResult, Prober } from "./prober.ts";
import { namespacesOf, removeNamespaces } from "./sweep.ts";
import { type LabTopology, OUTSIDE, type Place, placeOf } from "./topology.ts";
import {
  cutCommands,
  layCommands,
  linkCommand,
  type PlaceCommands,
  type Wire,
  wiresOf,
} from "./wire.ts";

const IFF_RUNNING = 0x40;
/** A link starts in a millisecond; one that has not after this long never will. */
const START_MS = 5000;
/** What a namespace's later interfaces start with, too. No address comes up by itself. */
const SETTINGS: Readonly<Record<string, number>> = {
  "ipv4/conf/all/rp_filter": 0,
  "ipv4/conf/default/rp_filter": 0,
  "ipv4/conf/all/accept_redirects": 0,
  "ipv4/conf/all/send_redirects": 0,
  "ipv4/conf/default/send_redirects": 0,
  "ipv6/conf/all/disable_ipv6": 0,
  "ipv6/conf/default/disable_ipv6": 0,
  "ipv6/conf/default/accept_ra": 0,
  "ipv6/conf/default/addr_gen_mode": 1,
};
const ROUTER: Readonly<Record<string, number>> = {
  "ipv4/conf/all/forwarding": 1,
  "ipv4/conf/default/forwarding": 1,
  "ipv6/conf/all/forwarding": 1,
  "ipv6/conf/default/forwarding": 1,
};

/**
 * A lab that is up. It owns its namespaces from `prepare` on; `down` removes them all, and when the
 * process dies first, `sweepStaleLabs` of the next one does.
 */
export class Lab {
  readonly id: LabId;
  #topology: LabTopology;
  #isDown = false;
  readonly #changes = new Turns();
  readonly #namespaces = new Set<Place>();
  readonly #wires = new Map<string, Wire>();
  readonly #uplinks = new Map<string, string>();
  readonly #prober: Prober;

  private constructor(id: LabId, topology: LabTopology) {
    this.id = id;
    this.#topology = topology;
    this.#prober = new Prober({
      netnsOf: (place) => this.netnsOf(place),
      placeOf: (address) => this.placeOf(address),
      nodes: () => this.#topology.nodes.map((node) => node.name),
    });
  }

  /** The nodes and the outside, joined; workloads follow with `connect`. */
  static async prepare(topology: LabTopology): Promise<Lab> {
    const lab = new Lab(newLabId(), topology);
    try {
      await lab.#build({ ...topology, workloads: [] });
      lab.#topology = topology;
    } catch (error) {
      await lab.down();
      throw error;
    }
    return lab;
  }

  /** The whole lab. */
  static async up(topology: LabTopology): Promise<Lab> {
    const lab = await Lab.prepare(topology);
    try {
      await lab.connect();
    } catch (error) {
      await lab.down();
      throw error;
    }
    return lab;
  }

  /** A lab that another process owns, to probe it. `topology` is that process's. */
  static attach(id: LabId, topology: LabTopology): Lab {
    return new Lab(id, topology);
  }

  get topology(): LabTopology {
    return this.#topology;
  }

  /** Joins the workloads of the topology to their nodes. */
  connect(): Promise<void> {
    return this.update(this.#topology);
  }

  /** Makes the lab that of `topology`: only what differs is touched. One change at a time. */
  update(topology: LabTopology): Promise<void> {
    return this.#changes.take(() => this.#build(topology));
  }

  /** The name (`ip netns`) of a place's network namespace, whether it is there yet or not. */
  netnsOf(place: Place): string {
    return netnsName(this.id, place);
  }

  /** Whose the address is; the outside's when nobody else's. */
  placeOf(address: Address): Place {
    return placeOf(this.#topology, address);
  }

  /** Sends one packet and says what became of it. */
  async probe(request: ProbeRequest): Promise<ProbeResult> {
    const [result] = await this.probeAll([request]);
    if (!result) throw new Error("a probe without a result");
    return result;
  }

  /** Sends a packet for each request, many at once. Results come in the order of requests. */
  probeAll(requests: readonly ProbeRequest[]): Promise<ProbeResult[]> {
    return this.#prober.probeAll(requests);
  }

  /**
   * Removes every namespace and ends what runs in them. All that is there is gone when the call
   * returns, so that an `exit` handler may make it; what a change under way still adds is gone when
   * the promise resolves.
   */
  async down(): Promise<void> {
    const wasDown = this.#isDown;
    this.#isDown = true;
    if (!wasDown) removeNamespaces(namespacesOf(this.id));
    await this.#changes.ended();
    removeNamespaces(namespacesOf(this.id));
  }

  async #build(topology: LabTopology): Promise<void> {
    if (this.#isDown) throw new Error(`lab ${formatLabId(this.id)} is down`);
    const wires = wiresOf(topology, (...uplink) => this.#uplinkName(...uplink));
    const wanted = new Map(wires.map((wire) => [wire.key, wire]));
    await this.#cut([...this.#wires.values()].filter(({ key }) => !wanted.has(key)));
    const places = new Set([OUTSIDE, ...wires.flatMap((one) => [one.node, one.far])]);
    this.#removePlaces([...this.#namespaces].filter((place) => !places.has(place)));
    const added = [...places].filter((place) => !this.#namespaces.has(place));
    const missing = wires.filter(({ key }) => !this.#wires.has(key));
    await this.#add(added, missing);
    this.#topology = topology;
  }

  async #addNamespaces(places: readonly Place[]): Promise<void> {
    await this.#ip(places.map((place) => `netns add ${this.netnsOf(place)}`));
    for (const place of places) {
      const isRouter = !place.includes("/");
      writeSettings(this.netnsOf(place), isRouter ? { ...SETTINGS, ...ROUTER } : SETTINGS);
    }
  }

  #removePlaces(places: readonly Place[]): void {
    for (const place of places) this.#namespaces.delete(place);
    removeNamespaces(places.map((place) => this.netnsOf(place)));
  }

  /** All of it, or on failure none. */
  async #add(places: readonly Place[], wires: readonly Wire[]): Promise<void> {
    try {
      await this.#addNamespaces(places);
      await this.#ip(wires.map((wire) => linkCommand(wire, (place) => this.netnsOf(place))));
      for (const wire of wires) this.#guard(wire);
      await ip(this.#named(layCommands(places, wires)));
      for (const wire of wires) {
        await this.#running(wire.node, wire.interfaceName);
        await this.#running(wire.far, wire.farInterface);
      }
    } catch (error) {
      await this.#cut(wires);
      this.#removePlaces(places);
      throw error;
    }
    for (const place of places) this.#namespaces.add(place);
    for (const wire of wires) this.#wires.set(wire.key, wire);
  }

  /** Nobody sends from a workload's interface in another's name. */
  #guard(wire: Wire): void {
    if (wire.kind === "uplink") return;
    writeSettings(this.netnsOf(wire.node), { [`ipv4/conf/${wire.interfaceName}/rp_filter`]: 1 });
  }

  async #cut(wires: readonly Wire[]): Promise<void> {
    for (const wire of wires) this.#wires.delete(wire.key);
    await ipDelete(this.#named(cutCommands(wires)));
  }

  /** Runs commands of `ip` in this process's own namespace. */
  async #ip(lines: readonly string[]): Promise<void> {
    await ip(new Map([["", lines]]));
  }

  #named(commands: PlaceCommands): Commands {
    return new Map(Array.from(commands, ([place, lines]) => [this.netnsOf(place), lines]));
  }

  /** The kernel starts a link a moment after both its ends are up, and drops packets until then. */
  async #running(place: Place, interfaceName: string): Promise<void> {
    const socket = inNamespace(this.netnsOf(place), () => openSocket(AF_INET, SOCK_DGRAM, 0));
    try {
      const deadline = performance.now() + START_MS;
      while ((interfaceFlags(socket, interfaceName) & IFF_RUNNING) === 0) {
        if (performance.now() > deadline) throw new Error(`${interfaceName} does not start`);
        await sleep(1);
      }
    } finally {
      closeSocket(socket);
    }
  }

  #uplinkName(node: string, interfaceName: string, meaning: string): string {
    const key = `${node} ${interfaceName} ${meaning}`;
    const name = this.#uplinks.get(key) ?? `up${this.#uplinks.size}`;
    this.#uplinks.set(key, name);
    return name;
  }
}
