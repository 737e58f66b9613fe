/**
 * Opens connections and sends datagrams through a node, from one thread and with as little as can be
 * of its own beside what the kernel does. Client and server are the same thread: over veth the
 * kernel takes a packet all the way within the system call that sends it, so the time of the calls
 * is the time of the work, and nothing is waited for.
 */
import { constants, endianness, setPriority } from "node:os";
import koffi from "koffi";
import { inNamespace } from "../src/dataplane/lab/namespace.ts";

/** A connection or a datagram; addresses are IPv4. */
export interface Flow {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

const libc = koffi.load("libc.so.6");
const socket = libc.func("int socket(int domain, int type, int protocol)");
const bind = libc.func("int bind(int s, const uint8_t *at, uint32_t size)");
const listen = libc.func("int listen(int s, int backlog)");
const connect = libc.func("int connect(int s, const uint8_t *to, uint32_t size)");
const accept = libc.func("int accept(int s, void *from, void *size)");
const close = libc.func("int close(int file)");
const setOption = libc.func(
  "int setsockopt(int s, int level, int option, const uint8_t *value, uint32_t size)",
);
const sendTo = libc.func(
  "int64_t sendto(int s, const uint8_t *bytes, size_t n, int flags, const uint8_t *to, uint32_t size)",
);
const setAffinity = libc.func(
  "int sched_setaffinity(int thread, size_t size, const uint8_t *mask)",
);

const clockGettime = libc.func("int clock_gettime(int clock, _Out_ int64_t *time)");
const CLOCK_THREAD_CPUTIME_ID = 3;

const AF_INET = 2;
const STREAM = 1;
const DATAGRAM = 2;
const RAW = 3;
const NONBLOCK = 0o4000;
const IPPROTO_RAW = 255;
const IPPROTO_UDP = 17;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_LINGER = 13;

/**
 * Keeps this thread, and with it the kernel's work for it, on one processor, and lets little else
 * run there.
 */
export function pinTo(processor: number): void {
  setPriority(constants.priority.PRIORITY_HIGHEST);
  const mask = Buffer.alloc(128);
  mask.writeUInt8(1 << (processor % 8), processor >> 3);
  checked("sched_setaffinity", setAffinity(0, mask.length, mask));
}

/** What a connection's calls take that never reach a network: the part of each that is not the kernel's. */
export function callOverheadUs(rounds: number): number {
  const start = workedUs();
  for (let i = 0; i < rounds; i++) {
    socket(-1, 0, 0);
    bind(-1, ANYWHERE, 16);
    connect(-1, ANYWHERE, 16);
    accept(-1, null, null);
    close(-1);
    close(-1);
  }
  return (workedUs() - start) / rounds;
}

/** Listeners of one server, and the client's end, in their namespaces. */
export class Generator {
  readonly #client: string;
  readonly #listeners = new Map<number, number>();
  readonly #sinks: number[] = [];
  readonly #raw: number;

  constructor(client: string, server: string, ports: readonly number[]) {
    this.#client = client;
    this.#raw = inNamespace(client, () => checked("socket", socket(AF_INET, RAW, IPPROTO_RAW)));
    inNamespace(server, () => {
      for (const port of ports) {
        this.#listeners.set(port, openListener(port));
        this.#sinks.push(openSink(port));
      }
    });
  }

  /** Opens, accepts and resets each connection in turn; microseconds for one. Throws if one fails. */
  connectAll(flows: readonly Flow[]): number {
    const calls = flows.map((flow) => ({
      from: socketAddress(flow.source, flow.sourcePort),
      to: socketAddress(flow.destination, flow.destinationPort),
      listener: this.#listeners.get(flow.destinationPort) ?? -1,
    }));
    let accepted = 0;
    const elapsed = inNamespace(this.#client, () => {
      const start = workedUs();
      for (const { from, to, listener } of calls) {
        const client = socket(AF_INET, STREAM | NONBLOCK, 0);
        bind(client, from, 16);
        // Answers "in progress", having done it all but for telling so.
        connect(client, to, 16);
        const server = accept(listener, null, null);
        if (server >= 0) accepted++;
        close(server);
        close(client);
      }
      return workedUs() - start;
    });
    if (accepted < flows.length) {
      throw new Error(`${flows.length - accepted} of ${flows.length} connections failed`);
    }
    return elapsed / flows.length;
  }

  /** Sends each datagram; microseconds for one. */
  sendAll(flows: readonly Flow[]): number {
    const packets = flows.map((flow) => ({
      packet: datagram(flow),
      to: socketAddress(flow.destination, 0),
    }));
    const start = workedUs();
    let sent = 0;
    for (const { packet, to } of packets) {
      if (Number(sendTo(this.#raw, packet, packet.length, 0, to, 16)) > 0) sent++;
    }
    const elapsed = workedUs() - start;
    if (sent < flows.length) throw new Error(`${flows.length - sent} datagrams were not sent`);
    return elapsed / flows.length;
  }

  close(): void {
    for (const file of [this.#raw, ...this.#listeners.values(), ...this.#sinks]) close(file);
  }
}

function openListener(port: number): number {
  const listener = checked("socket", socket(AF_INET, STREAM | NONBLOCK, 0));
  // Handed on to what is accepted: closing it then resets the connection, and nothing lingers.
  const atOnce = Buffer.alloc(8);
  writeWord(atOnce, 0, 1);
  checked("setsockopt", setOption(listener, SOL_SOCKET, SO_LINGER, atOnce, 8));
  checked("bind", bind(listener, socketAddress("0.0.0.0", port), 16));
  checked("listen", listen(listener, 128));
  return listener;
}

/** Where datagrams end, unread: most are dropped for want of room, at the same cost each. */
function openSink(port: number): number {
  const sink = checked("socket", socket(AF_INET, DATAGRAM | NONBLOCK, 0));
  checked("setsockopt", setOption(sink, SOL_SOCKET, SO_RCVBUF, Buffer.alloc(4), 4));
  checked("bind", bind(sink, socketAddress("0.0.0.0", port), 16));
  return sink;
}

function datagram({ source, sourcePort, destination, destinationPort }: Flow): Uint8Array {
  const packet = Buffer.alloc(32);
  // The kernel fills in the length, the identification and the checksum.
  packet.writeUInt8(0x45, 0);
  packet.writeUInt8(64, 8);
  packet.writeUInt8(IPPROTO_UDP, 9);
  packet.set(octets(source), 12);
  packet.set(octets(destination), 16);
  packet.writeUInt16BE(sourcePort, 20);
  packet.writeUInt16BE(destinationPort, 22);
  packet.writeUInt16BE(12, 24);
  return packet;
}

function socketAddress(address: string, port: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  if (endianness() === "LE") bytes.writeUInt16LE(AF_INET, 0);
  else bytes.writeUInt16BE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(octets(address), 4);
  return bytes;
}

const ANYWHERE = socketAddress("0.0.0.0", 0);

function octets(address: string): number[] {
  return address.split(".").map(Number);
}

function writeWord(bytes: Buffer, at: number, value: number): void {
  if (endianness() === "LE") bytes.writeInt32LE(value, at);
  else bytes.writeInt32BE(value, at);
}

/** How long this thread has worked, here and in the kernel, in microseconds: not what it had to wait. */
function workedUs(): number {
  clockGettime(CLOCK_THREAD_CPUTIME_ID, time);
  return Number(time[0]) * 1e6 + Number(time[1]) / 1000;
}
const time = new BigInt64Array(2);

function checked(call: string, result: number): number {
  if (result < 0) throw new Error(`${call}: errno ${koffi.errno()}`);
  return result;
}
