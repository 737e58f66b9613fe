/**
 * The lab's cables: which there are, and the `ip` commands that lay and cut one.
 *
 * A wire is a pair of veths made inside its two namespaces, so nothing ever shows in the machine's
 * own. Both ends have one MAC and no ARP: each frame is the other end's, and neighbours need neither
 * be asked for nor written down.
 */
import { type Address, formatAddress } from "../../core/net/address.ts";
import { type LabInterface, type LabTopology, OUTSIDE, type Place } from "./topology.ts";

/** From a node to the outside (`uplink`), or to a workload on it. Equal wires have equal keys. */
export type Wire = Uplink | WorkloadWire;

export interface Uplink {
  readonly kind: "uplink";
  readonly key: string;
  readonly node: Place;
  readonly far: Place;
  readonly interfaceName: string;
  readonly farInterface: string;
  readonly addresses: readonly Address[];
  /** The node's place among its interfaces, from 0; the first has the default route. */
  readonly rank: number;
}

export interface WorkloadWire {
  readonly kind: "workload";
  readonly key: string;
  readonly node: Place;
  readonly far: Place;
  readonly interfaceName: string;
  readonly farInterface: string;
  readonly addresses: readonly Address[];
  /** The outside's end of the node's first interface: the way to the workload from elsewhere. */
  readonly through: string;
}

/** Commands of `ip` by the place in whose namespace they are to be run. */
export type PlaceCommands = ReadonlyMap<Place, readonly string[]>;

/** Names the outside's end of a node's interface: the same one for the same interface, always. */
export type NameUplink = (node: string, interfaceName: string, addresses: string) => string;

/** Every wire of the topology: the nodes' first, since workloads are reached through them. */
export function wiresOf(topology: LabTopology, nameUplink: NameUplink): Wire[] {
  const uplinks = topology.nodes.flatMap(({ name, interfaces }) =>
    interfaces.map((one, rank) => uplinkOf(name, one, rank, nameUplink)),
  );
  const firsts = new Map(
    uplinks.filter(({ rank }) => rank === 0).map((one) => [one.node, one.farInterface]),
  );
  const workloads = topology.workloads.map(({ place, node, interfaceName, addresses }) => {
    const through = firsts.get(node);
    if (through === undefined) throw new Error(`${place} is on ${node}, which is no node`);
    const key = `${place} ${node} ${interfaceName} ${textOf(addresses)} ${through}`;
    const ends = { node, far: place, interfaceName, farInterface: "eth0" };
    return { kind: "workload", key, ...ends, addresses, through } satisfies WorkloadWire;
  });
  return [...uplinks, ...workloads];
}

function uplinkOf(
  node: string,
  { name, addresses }: LabInterface,
  rank: number,
  nameUplink: NameUplink,
): Uplink {
  const meaning = `${rank} ${textOf(addresses)}`;
  const farInterface = nameUplink(node, name, meaning);
  const ends = { node, far: OUTSIDE, interfaceName: name, farInterface };
  return { kind: "uplink", key: `${node} ${name} ${meaning}`, ...ends, addresses, rank };
}

const MAC = "02:00:00:00:00:01";
const GATEWAY = { 4: "via 169.254.1.1", 6: "via fe80::1" } as const;
const EVERYWHERE = { 4: "default", 6: "::/0" } as const;

/** The command that makes both ends, for the machine's own namespace. */
export function linkCommand(wire: Wire, netnsOf: (place: Place) => string): string {
  const { interfaceName, farInterface, node, far } = wire;
  const near = `name ${interfaceName} address ${MAC} netns ${netnsOf(node)}`;
  return `link add ${near} type veth peer name ${farInterface} address ${MAC} netns ${netnsOf(far)}`;
}

/** What makes new namespaces, and wires that are there, ready to carry packets. */
export function layCommands(places: readonly Place[], wires: readonly Wire[]): PlaceCommands {
  const commands = new Map<Place, string[]>();
  for (const place of places) append(commands, place, namespaceCommands(place));
  const add = (place: Place, ...lines: string[]) => append(commands, place, lines);
  for (const wire of wires) {
    const { node, far, interfaceName, farInterface, addresses } = wire;
    add(node, ...raise(interfaceName));
    add(far, ...raise(farInterface));
    if (wire.kind === "uplink") {
      add(node, ...own(addresses, interfaceName));
      add(far, ...addresses.map((one) => `route add ${formatAddress(one)} dev ${farInterface}`));
      add(node, ...wayOut(wire));
    } else {
      add(far, ...own(addresses, farInterface), ...defaultRoutes(farInterface));
      add(node, ...addresses.map((one) => `route add ${formatAddress(one)} dev ${interfaceName}`));
      add(
        OUTSIDE,
        ...addresses.map((one) => `route add ${formatAddress(one)} dev ${wire.through}`),
      );
    }
  }
  return commands;
}

/** What removes a wire and every route that knows of it. */
export function cutCommands(wires: readonly Wire[]): PlaceCommands {
  const commands = new Map<Place, string[]>();
  for (const wire of wires) {
    // Routes through a link go with it; those of a workload lead through another.
    append(commands, wire.node, [`link del dev ${wire.interfaceName}`]);
    if (wire.kind === "workload") {
      const routes = wire.addresses.map(
        (one) => `route del ${formatAddress(one)} dev ${wire.through}`,
      );
      append(commands, OUTSIDE, routes);
    } else {
      append(commands, wire.node, sourceRules("del", wire));
    }
  }
  return commands;
}

/** What a namespace starts with. The outside is at home in every address without a better route. */
function namespaceCommands(place: Place): string[] {
  const loopback = ["link set dev lo up"];
  if (place !== OUTSIDE) return loopback;
  return [
    ...loopback,
    "rule add pref 1 lookup main",
    "rule add pref 2 lookup local",
    "rule del pref 0",
    "route add local 0.0.0.0/0 dev lo table local",
    "route add local ::/0 dev lo table main",
  ];
}

function raise(name: string): string[] {
  return [`link set dev ${name} arp off`, `link set dev ${name} up`];
}

function own(addresses: readonly Address[], name: string): string[] {
  return addresses.map((one) => {
    const duplicates = one.family === 6 ? " nodad" : "";
    return `addr add ${formatAddress(one)}/${one.family === 4 ? 32 : 128} dev ${name}${duplicates}`;
  });
}

/** Through the first interface; what has the address of another leaves by that other. */
function wayOut(wire: Uplink): string[] {
  if (wire.rank === 0) return defaultRoutes(wire.interfaceName);
  const table = tableOf(wire);
  return [
    ...defaultRoutes(wire.interfaceName).map((route) => `${route} table ${table}`),
    ...sourceRules("add", wire),
  ];
}

function sourceRules(verb: "add" | "del", wire: Uplink): string[] {
  if (wire.rank === 0) return [];
  return wire.addresses.map(
    (one) => `-${one.family} rule ${verb} from ${formatAddress(one)} lookup ${tableOf(wire)}`,
  );
}

function tableOf(wire: Uplink): number {
  return 1000 + wire.rank;
}

function defaultRoutes(name: string): string[] {
  return ([4, 6] as const).map((family) => {
    const onlink = family === 4 ? " onlink" : "";
    return `route add ${EVERYWHERE[family]} ${GATEWAY[family]} dev ${name}${onlink}`;
  });
}

function textOf(addresses: readonly Address[]): string {
  return addresses.map(formatAddress).join(",");
}

function append(commands: Map<Place, string[]>, place: Place, lines: readonly string[]): void {
  const list = commands.get(place);
  if (list) list.push(...lines);
  else commands.set(place, [...lines]);
}
