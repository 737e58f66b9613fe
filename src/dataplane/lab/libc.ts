/**
 * The system calls that Node has not, on Linux, x64 and arm64 alike. Each throws {@link SystemError}
 * with the kernel's reason. The calls are synchronous and made on the calling thread.
 */
import { endianness } from "node:os";
import { getSystemErrorName } from "node:util";
import koffi from "koffi";
import type { Address, Family } from "../../core/net/address.ts";

export const AF_INET = 2;
const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const CLONE_NEWNET = 0x4000_0000;
const SIOCGIFFLAGS = 0x8913;

/** A system call that failed. `code` is the error's name, e.g. `EPERM`. */
export class SystemError extends Error {
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${call}: ${code}`);
    this.name = "SystemError";
    this.code = code;
  }
}

/** Moves the calling thread to the network namespace of an open file. */
export function setns(file: number): void {
  checked("setns", calls().setns(file, CLONE_NEWNET));
}

/** A socket that never blocks, in the network namespace that the thread is in now. */
export function openSocket(domain: number, type: number, protocol: number): number {
  return checked("socket", calls().socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
}

/** Throws SystemError, as every call here does that can fail. */
export function closeSocket(socket: number): void {
  checked("close", calls().close(socket));
}

export function setOption(socket: number, level: number, option: number, value: number): void {
  checked("setsockopt", calls().setsockopt(socket, level, option, word(value), 4));
}

export function bind(socket: number, to: Uint8Array): void {
  checked("bind", calls().bind(socket, to, to.length));
}

export function sendTo(socket: number, bytes: Uint8Array, to: Uint8Array): void {
  checked("sendto", Number(calls().sendto(socket, bytes, bytes.length, 0, to, to.length)));
}

/** Reads one packet into `room` and gives its length; undefined when none is waiting. */
export function receive(socket: number, room: Uint8Array): number | undefined {
  const length = Number(calls().recv(socket, room, room.length, 0));
  if (length >= 0) return length;
  const error = new SystemError("recv", koffi.errno());
  if (error.code === "EAGAIN" || error.code === "EINTR") return undefined;
  throw error;
}

/** The flags (IFF_…) of an interface in the namespace of `socket`. */
export function interfaceFlags(socket: number, name: string): number {
  const request = Buffer.alloc(40);
  request.write(name, 0, 15, "latin1");
  checked("ioctl", calls().ioctl(socket, SIOCGIFFLAGS, request));
  return hostEndian(request).u16(16);
}

/** An address as `struct sockaddr_in` or `sockaddr_in6`; the port is 0, as raw sockets want it. */
export function socketAddress(address: Address): Uint8Array {
  const bytes = Buffer.alloc(address.family === 4 ? 16 : 28);
  hostEndian(bytes).setU16(0, domainOf(address.family));
  const at = address.family === 4 ? 4 : 8;
  address.words.forEach((each, i) => {
    bytes.writeUInt32BE(each, at + 4 * i);
  });
  return bytes;
}

export function domainOf(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}

const LITTLE = endianness() === "LE";

/** Reads and writes numbers in the machine's own byte order, as system calls have them. */
export function hostEndian(bytes: Uint8Array): {
  u16(at: number): number;
  i32(at: number): number;
  setU16(at: number, value: number): void;
  setU32(at: number, value: number): void;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    u16: (at) => view.getUint16(at, LITTLE),
    i32: (at) => view.getInt32(at, LITTLE),
    setU16: (at, value) => view.setUint16(at, value, LITTLE),
    setU32: (at, value) => view.setUint32(at, value, LITTLE),
  };
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  hostEndian(bytes).setU32(0, value);
  return bytes;
}

function checked(call: string, result: number): number {
  if (result < 0) throw new SystemError(call, koffi.errno());
  return result;
}

interface Calls {
  setns(file: number, type: number): number;
  socket(domain: number, type: number, protocol: number): number;
  close(file: number): number;
  setsockopt(s: number, level: number, option: number, value: Uint8Array, size: number): number;
  bind(socket: number, to: Uint8Array, size: number): number;
  sendto(
    socket: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    to: Uint8Array,
    size: number,
  ): number | bigint;
  recv(socket: number, room: Uint8Array, length: number, flags: number): number | bigint;
  ioctl(file: number, request: number, argument: Uint8Array): number;
}

let loaded: Calls | undefined;

/** Loaded at the first call: importing this file needs no Linux. */
function calls(): Calls {
  if (loaded) return loaded;
  const libc = koffi.load("libc.so.6");
  loaded = {
    setns: libc.func("int setns(int file, int type)"),
    socket: libc.func("int socket(int domain, int type, int protocol)"),
    close: libc.func("int close(int file)"),
    setsockopt: libc.func(
      "int setsockopt(int s, int level, int option, const uint8_t *value, uint32_t size)",
    ),
    bind: libc.func("int bind(int socket, const uint8_t *to, uint32_t size)"),
    sendto: libc.func(
      "int64_t sendto(int s, const uint8_t *bytes, size_t n, int flags, const uint8_t *to, uint32_t size)",
    ),
    recv: libc.func("int64_t recv(int socket, _Out_ uint8_t *room, size_t n, int flags)"),
    ioctl: libc.func("int ioctl(int file, unsigned long request, _Inout_ uint8_t *argument)"),
  };
  return loaded;
}
