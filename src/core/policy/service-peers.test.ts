import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { modelFrom } from "../../../test/scenario.ts";
import { pod, service } from "../../../test/states/parts.ts";
import type { WorkloadEndpoint } from "../model/endpoint.ts";
import type { Service } from "../model/service.ts";
import { formatAddress, hostPrefix } from "../net/address.ts";
import { TCP } from "../net/protocol.ts";
import { parseSelector } from "../selector/parse.ts";
import type { Addresses } from "../sets/addresses.ts";
import { PortSet } from "../sets/port-set.ts";
import type { PeerSet, PeerSetChange } from "./changes.ts";
import { LivePeers, type PeerFacts, type PeerLease } from "./live-peers.ts";
import type { PeerSource, PortQuery } from "./peer-source.ts";
import { Peers } from "./peers.ts";
import type { NamedPortSet, ServedPort } from "./policy.ts";

type Named = NamedPortSet | Addresses;
/** What is served at each address; of a set of addresses nothing at each of them. */
type Members = Readonly<Record<string, readonly ServedPort[]>>;

const SHOP = { namespace: "prod", name: "shop" };
const ELSE = { namespace: "else", name: "shop" };
const http = (selector: string) => ({
  selector: parseSelector(selector),
  name: "http",
  protocol: TCP,
});
const within = (ports: PortSet, ...selectors: string[]): PortQuery => ({
  ports,
  names: selectors.map(http),
});

/** What rules may ask of services. */
const QUERIES: Readonly<Record<string, (peers: PeerSource) => Named>> = {
  backends: (peers) => peers.backendsOf(SHOP),
  all: (peers) => peers.servicePorts(SHOP),
  "by number": (peers) => peers.servicePorts(SHOP, within(PortSet.range(80, 90))),
  "by name": (peers) => peers.servicePorts(SHOP, within(PortSet.none, "app == 'a'")),
  "by number or names": (peers) =>
    peers.servicePorts(SHOP, within(PortSet.range(53), "app == 'a'", "all()", "app == 'a'")),
  "of another": (peers) => peers.servicePorts(ELSE, within(PortSet.range(80), "app == 'a'")),
  "the name itself": (peers) => peers.namedPorts(http("app == 'a'")),
};

const ADDRESSES = ["10.0.0.1", "10.0.0.2", "fd00::1"];
const port = fc.constantFrom("TCP/80", "TCP/85", "UDP/53", "TCP/8080");
const backend = fc.tuple(fc.constantFrom(...ADDRESSES), port).map((parts) => parts.join(" "));
const step = fc.oneof(
  fc.record({
    how: fc.constant("service" as const),
    key: fc.constantFrom("prod/shop", "else/shop"),
    backends: fc.option(fc.uniqueArray(backend, { maxLength: 4 })),
  }),
  fc.record({
    how: fc.constant("pod" as const),
    name: fc.constantFrom("one", "two"),
    parts: fc.option(
      fc.record({
        app: fc.constantFrom("a", "b"),
        at: fc.constantFrom(...ADDRESSES),
        port: fc.tuple(fc.constantFrom("http", "dns"), port).map((parts) => parts.join(" ")),
      }),
    ),
  }),
  fc.record({ how: fc.constant("ask" as const), query: fc.constantFrom(...Object.keys(QUERIES)) }),
  fc.record({ how: fc.constant("release" as const), which: fc.nat() }),
  fc.constant({ how: "flush" as const }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Live peers and those who ask, beside what there is. */
class Compared {
  readonly #peers = new LivePeers();
  readonly #services = new Map<string, Service>();
  readonly #pods = new Map<string, WorkloadEndpoint>();
  readonly #asked: { readonly query: string; readonly lease: PeerLease; readonly set: unknown }[] =
    [];
  /** What was told of sets, as it was told. */
  readonly #told = new Map<Named, Members>();

  take(step: Step): void {
    if (step.how === "service") this.#setService(step.key, step.backends);
    else if (step.how === "pod") this.#setPod(step.name, step.parts);
    else if (step.how === "ask") this.#ask(step.query);
    else if (step.how === "release") this.#release(step.which % Math.max(1, this.#asked.length));
    else this.#flush();
  }

  empty(): Readonly<Record<string, number>> {
    while (this.#asked.length > 0) this.#release(0);
    for (const key of [...this.#services.keys()]) this.#setService(key, null);
    for (const name of [...this.#pods.keys()]) this.#setPod(name, null);
    this.#flush();
    assert.equal(this.#told.size, 0, "every set that was told is told to be gone");
    return this.#peers.holdings;
  }

  #setService(key: string, backends: readonly string[] | null): void {
    const update = service(key, ...(backends ?? []));
    const set = backends && update.part === "service" ? update.value : undefined;
    this.#peers.setService(key, set);
    if (set) this.#services.set(key, set);
    else this.#services.delete(key);
  }

  #setPod(name: string, parts: { app: string; at: string; port: string } | null): void {
    const { app, at, port } = parts ?? { app: "a", at: "", port: "http TCP/80" };
    const update = pod(name, at, { labels: { app }, ports: [port] });
    const value = parts && update.part === "workload" ? update.value : undefined;
    this.#peers.setPeer("workload", name, value && factsOf(value));
    if (value) this.#pods.set(name, value);
    else this.#pods.delete(name);
  }

  #ask(query: string): void {
    const lease = this.#peers.lease();
    const set = QUERIES[query]?.(lease);
    const before = this.#asked.find((one) => one.query === query);
    if (before) assert.equal(set, before.set, "the same question gives the same object");
    this.#asked.push({ query, lease, set });
  }

  #release(which: number): void {
    for (const { lease } of this.#asked.splice(which, 1)) lease.release();
  }

  #flush(): void {
    const { newSets, changedSets, goneSets } = this.#peers.flush();
    for (const change of changedSets) this.#checkChange(change);
    for (const set of newSets) this.#told.set(namedBy(set), membersOf(namedBy(set)));
    for (const set of goneSets) assert.ok(this.#told.delete(namedBy(set)), `${set.id} was told`);
    const naive = new Peers({
      ...modelFrom(),
      services: [...this.#services.values()],
      workloads: [...this.#pods.values()],
    });
    for (const { query, set } of this.#asked) {
      const wanted = QUERIES[query]?.(naive);
      const [told, found] = [...this.#told].find(([one]) => one === set) ?? [];
      assert.ok(told && wanted && found, `${query} is told`);
      if ("id" in told && "id" in wanted) assert.equal(told.id, wanted.id);
      assert.deepEqual(membersOf(told), membersOf(wanted), query);
      assert.deepEqual(found, membersOf(wanted), `${query} as it was told`);
    }
  }

  #checkChange(change: PeerSetChange): void {
    const named = namedBy(change.set);
    const before = this.#told.get(named) ?? {};
    const now = membersOf(named);
    const at = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    const differ = at.filter((one) => JSON.stringify(before[one]) !== JSON.stringify(now[one]));
    const told =
      change.kind === "ports"
        ? change.changed
        : [...change.added, ...change.removed].map((net) => formatAddress(net.address));
    assert.deepEqual([...told].sort(), differ.sort());
    this.#told.set(named, now);
  }
}

describe("the sets that come of services", () => {
  it("are those that the batch finds, whatever came and went and whoever asked", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const compared = new Compared();
        for (const one of steps) compared.take(one);
        const left = Object.entries(compared.empty()).filter(([, count]) => count !== 0);
        assert.deepEqual(left, []);
      }),
      { numRuns: 300 },
    );
  });
});

function factsOf({ labels, profiles, addresses, ports }: WorkloadEndpoint): PeerFacts {
  return { labels, profiles, prefixes: addresses.map(hostPrefix), ports };
}

function namedBy(set: PeerSet): Named {
  return set.kind === "ports" ? set.ports : set.addresses;
}

function membersOf(set: Named): Members {
  if ("id" in set) return Object.fromEntries(set.members);
  return Object.fromEntries(set.hosts.map((host) => [formatAddress(host), []]));
}
