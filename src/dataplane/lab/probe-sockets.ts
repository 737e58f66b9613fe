import type { Family } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import {
  bind,
  closeSocket,
  domainOf,
  openSocket,
  receive,
  SOCK_RAW,
  sendTo,
  setOption,
  socketAddress,
} from "./libc.ts";
import { inNamespace } from "./namespace.ts";
import { OUTSIDE, type Place } from "./topology.ts";

const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SOL_IP = 0;
const IP_TRANSPARENT = 19;
const SOL_IPV6 = 41;
const IPV6_TRANSPARENT = 75;
const RECEIVE_BYTES = 8 << 20;
/** IPPROTO_RAW: the kernel wants whole IP packets of such a socket, and gives it none. */
const IPPROTO_RAW = 255;

interface Listener {
  readonly socket: number;
  readonly family: Family;
  readonly protocol: number;
}

/** The raw sockets of one round of probes: opened as they are needed, all closed at the end. */
export class Sockets {
  readonly #netnsOf: (place: Place) => string;
  readonly #listeners = new Map<string, Listener>();
  readonly #senders = new Map<string, number>();
  readonly #room = Buffer.alloc(2048);

  constructor(netnsOf: (place: Place) => string) {
    this.#netnsOf = netnsOf;
  }

  /** From now on hears every packet of the protocol that is delivered at the place. */
  listen(place: Place, family: Family, protocol: number): void {
    const key = `${place} ${family} ${protocol}`;
    if (this.#listeners.has(key)) return;
    const socket = this.#open(place, family, protocol);
    this.#listeners.set(key, { socket, family, protocol });
    setOption(socket, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES);
  }

  /** Sends what follows the IP header, from `flow.source`; `forged` allows that to be anybody's. */
  send(from: Place, forged: boolean, flow: Flow, bytes: Uint8Array): void {
    const { source, destination, protocol } = flow;
    const anybody = forged || from === OUTSIDE;
    const key = `${from} ${anybody} ${source.family} ${protocol}`;
    let socket = this.#senders.get(key);
    if (socket === undefined) {
      socket = this.#open(from, source.family, protocol);
      this.#senders.set(key, socket);
      if (anybody) allowAnySource(socket, source.family);
    }
    bind(socket, socketAddress(source));
    sendTo(socket, bytes, socketAddress(destination));
  }

  /** Gives `each` what has come in since: the bytes after the IP header, valid during the call. */
  hear(each: (protocol: number, bytes: Buffer) => void): void {
    for (const { socket, family, protocol } of this.#listeners.values()) {
      for (;;) {
        const length = receive(socket, this.#room);
        if (length === undefined) break;
        // IPv4 raw sockets give the IP header too; its length is in words.
        const start = family === 4 ? (this.#room.readUInt8(0) & 0x0f) * 4 : 0;
        if (length > start) each(protocol, this.#room.subarray(start, length));
      }
    }
  }

  close(): void {
    for (const { socket } of this.#listeners.values()) closeSocket(socket);
    for (const socket of this.#senders.values()) closeSocket(socket);
    this.#listeners.clear();
    this.#senders.clear();
  }

  #open(place: Place, family: Family, protocol: number): number {
    if (protocol === IPPROTO_RAW) throw new Error("protocol 255 cannot be sent");
    if (family === 6 && isExtensionHeader(protocol)) {
      throw new Error(`protocol ${protocol} is an IPv6 extension header, not a protocol`);
    }
    return inNamespace(this.#netnsOf(place), () =>
      openSocket(domainOf(family), SOCK_RAW, protocol),
    );
  }
}

function allowAnySource(socket: number, family: Family): void {
  if (family === 4) setOption(socket, SOL_IP, IP_TRANSPARENT, 1);
  else setOption(socket, SOL_IPV6, IPV6_TRANSPARENT, 1);
}

/** Hop-by-hop, routing, fragment, no next header, destination options, mobility, HIP, shim6. */
function isExtensionHeader(protocol: number): boolean {
  return [0, 43, 44, 59, 60, 135, 139, 140].includes(protocol);
}
