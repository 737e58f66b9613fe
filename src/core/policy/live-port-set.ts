/** Where a port name or a service leads, while the objects that have it come and go. */
import { once } from "../calc/once.ts";
import type { NamedPortSet, ServedPort } from "./policy.ts";

/** A port counts as often as objects serve it at an address, and is in the set once. */
export class LivePortSet implements NamedPortSet {
  readonly id: string;
  readonly members = new Map<string, readonly ServedPort[]>();
  /** By address, then by `portKey`. */
  readonly #counts = new Map<string, Map<number, number>>();
  /** Addresses that serve other ports than when changes were last taken: by what they served. */
  #changes: Map<string, readonly ServedPort[]> | undefined;
  #version = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** `address` is canonical text. */
  add(address: string, port: ServedPort): void {
    const counts = once(this.#counts, address, () => new Map<number, number>());
    const key = portKey(port);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    if (count === 0) this.#serve(address, counts);
  }

  /** It was added as often as it is removed. */
  remove(address: string, port: ServedPort): void {
    const counts = this.#counts.get(address);
    if (!counts) return;
    const key = portKey(port);
    const count = counts.get(key) ?? 0;
    if (count > 1) {
      counts.set(key, count - 1);
      return;
    }
    counts.delete(key);
    if (counts.size === 0) this.#counts.delete(address);
    this.#serve(address, counts);
  }

  /** What is served at an address from now on; for those who count themselves. */
  put(address: string, ports: readonly ServedPort[]): void {
    const before = this.members.get(address) ?? NONE;
    if (areEqual(before, ports)) return;
    if (this.#changes && !this.#changes.has(address)) this.#changes.set(address, before);
    if (ports.length === 0) this.members.delete(address);
    else this.members.set(address, ports);
    this.#version++;
  }

  /** Another number whenever a member is another. */
  get version(): number {
    return this.#version;
  }

  /** From now on changes are kept until they are taken. */
  keepChanges(): void {
    this.#changes ??= new Map();
  }

  /** Changes are no longer kept. */
  dropChanges(): void {
    this.#changes = undefined;
  }

  /** The addresses that serve other ports than when changes were last taken. */
  takeChanges(): string[] {
    const changed: string[] = [];
    for (const [address, before] of this.#changes ?? []) {
      if (!areEqual(before, this.members.get(address) ?? NONE)) changed.push(address);
    }
    this.#changes?.clear();
    return changed;
  }

  #serve(address: string, counts: ReadonlyMap<number, number>): void {
    this.put(address, [...counts.keys()].sort(ascending).map(portOf));
  }
}

const NONE: readonly ServedPort[] = [];
const PORTS = 65_536;

/** Orders by protocol, then by number. */
function portKey({ protocol, port }: ServedPort): number {
  return protocol * PORTS + port;
}

function portOf(key: number): ServedPort {
  return { protocol: Math.floor(key / PORTS), port: key % PORTS };
}

function ascending(a: number, b: number): number {
  return a - b;
}

function areEqual(a: readonly ServedPort[], b: readonly ServedPort[]): boolean {
  return a.length === b.length && a.every((port, i) => portKey(port) === portKey(b[i] ?? port));
}
