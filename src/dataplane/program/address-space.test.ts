import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { guarding, INTERFACES, rule } from "../../../test/compiled-policy/arbitrary.ts";
import { change, changed } from "../../../test/compiled-policy/arbitrary-change.ts";
import { packet, packetIn, show } from "../../../test/compiled-policy/arbitrary-packet.ts";
import { fate } from "../../../test/compiled-policy/fate.ts";
import { type Address, type Prefix, prefix } from "../../core/net/address.ts";
import { TCP, UDP } from "../../core/net/protocol.ts";
import type { PeerSetChange } from "../../core/policy/changes.ts";
import type { NamedPortSet, ServedPort } from "../../core/policy/policy.ts";
import { AddressSet } from "../../core/sets/address-set.ts";
import type { Addresses } from "../../core/sets/addresses.ts";
import { AddressSpace } from "./address-space.ts";
import type { AddressParts, Part } from "./parts.ts";
import { RulesetReader } from "./read-back.ts";
import { render } from "./render.ts";

describe("AddressSpace", () => {
  it("kept while sets change and come into use cuts as a fresh one does", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const world = new World();
        const space = new AddressSpace();
        for (const one of steps) {
          for (const told of world.take(one)) space.change(told);
          if (!one.used) continue;
          const use = world.use(one.used);
          const parts = space.cut(use);
          assert.deepEqual(
            world.picture(parts, use),
            world.picture(new AddressSpace().cut(use), use),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps nothing when no set is in use", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const world = new World();
        const space = new AddressSpace();
        for (const one of steps) {
          for (const told of world.take(one)) space.change(told);
          if (one.used) space.cut(world.use(one.used));
        }
        const { parts } = space.cut(world.use([]));
        assert.deepEqual(
          parts.map(({ traits }) => traits),
          [[], []],
        );
        assert.deepEqual(new Set(Object.values(space.holdings)), new Set([0]));
      }),
      { numRuns: 100 },
    );
  });

  it("kept from one rendering to the next says of packets what the rules say", () => {
    const passing = fc.tuple(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.array(packet, { minLength: 15, maxLength: 15 }),
    );
    fc.assert(
      fc.property(passing, ([first, changes, drafts]) => {
        const sent = drafts.map((draft) => ({ ...draft, way: ["eth1", "tap-b"] as const }));
        const space = new AddressSpace();
        let rules: Parameters<typeof guarding>[0] = first;
        let held = render(guarding(rules), INTERFACES, undefined, 1, space);
        for (const change of changes) {
          rules = changed(rules, change);
          const policy = guarding(rules);
          held = render(policy, INTERFACES, held.allocation, 1, space);
          const reader = new RulesetReader(held.rendering.ruleset);
          for (const draft of sent) {
            const packet = packetIn(policy, draft);
            assert.equal(reader.read(packet).action, fate(policy, packet).action, show(packet));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

const MEMBERS = [
  ...["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.0/30", "10.0.0.0/24", "0.0.0.0/0"],
  ...["fd00::1", "fd00::/64"],
];
const SETS = ["a", "b", "c"];
const NAMES = ["http", "dns"];
const SERVED: readonly (readonly ServedPort[])[] = [
  [],
  [{ protocol: TCP, port: 80 }],
  [{ protocol: UDP, port: 53 }],
];

interface Step {
  readonly kind: "member" | "port" | "replace";
  readonly name: string;
  readonly set: string;
  readonly member: string;
  readonly served: readonly ServedPort[];
  /** What a cut after it uses, if there is one. */
  readonly used: readonly string[] | undefined;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("member", "member", "member", "port", "port", "replace"),
  name: fc.constantFrom(...NAMES),
  set: fc.constantFrom(...SETS),
  member: fc.constantFrom(...MEMBERS),
  served: fc.constantFrom(...SERVED),
  used: fc.option(fc.subarray([...SETS, ...NAMES]), { nil: undefined }),
});

/** A set whose members come and go, also those inside others. */
class LiveSet implements Addresses {
  readonly held = new Map<string, Prefix>();

  members(): Iterable<Prefix> {
    return this.held.values();
  }

  get canonical(): AddressSet {
    return AddressSet.of(this.held.values());
  }

  has(found: Address): boolean {
    return this.canonical.has(found);
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  get hosts(): readonly Address[] {
    return this.canonical.hosts;
  }

  get nets(): readonly Prefix[] {
    return this.canonical.nets;
  }
}

/** Sets and port names, and what of them is in use. */
class World {
  readonly #sets = new Map<string, LiveSet>(SETS.map((name) => [name, new LiveSet()]));
  readonly #names = new Map(NAMES.map((id) => [id, { id, members: newMembers() }]));

  /** What has to be told of it. */
  take({ kind, name, set, member, served }: Step): PeerSetChange[] {
    if (kind === "replace") {
      this.#sets.set(set, new LiveSet());
      this.#names.set(name, { id: name, members: newMembers() });
      return [];
    }
    if (kind === "member") return [this.#toggle(set, member)];
    const ports = this.#names.get(name);
    assert.ok(ports);
    const text = member.split("/")[0] ?? "";
    if (served.length > 0) ports.members.set(text, served);
    else ports.members.delete(text);
    return [{ kind: "ports", set: { kind: "ports", id: name, ports }, changed: [text] }];
  }

  use(used: readonly string[]) {
    const sets = used.flatMap((name) => this.#sets.get(name) ?? []);
    const names = used.flatMap((name): [string, NamedPortSet][] => {
      const named = this.#names.get(name);
      return named ? [[name, named]] : [];
    });
    return { sets: new Set<Addresses>(sets), names: new Map(names) };
  }

  /** What parts say of addresses, whatever they are numbered. */
  picture(parts: AddressParts, { sets, names }: ReturnType<World["use"]>) {
    const named = [...this.#sets].filter(([, set]) => sets.has(set));
    const say = (part: Part): string =>
      JSON.stringify([
        part.family,
        named.filter(([, set]) => parts.has(part, set)).map(([name]) => name),
        Array.from(names.values(), (one) => [one.id, parts.served(part, one)]),
      ]);
    return {
      parts: parts.parts.map(say).sort(),
      indexes: parts.parts.every((part, i) => part.index === i),
      hosts: Array.from(parts.hosts(), ({ text, part }) => [text, say(part)]),
      around: Array.from(parts.hosts(), ({ address }) => say(parts.partAround(address))),
      segments: ([4, 6] as const).flatMap((family) =>
        parts.segments(family).map(({ first, last, part }) => `${first}-${last} ${say(part)}`),
      ),
      inside: named.map(([name, set]) => [name, parts.inside(set).map(say).sort()]),
    };
  }

  #toggle(name: string, text: string): PeerSetChange {
    const addresses = this.#sets.get(name);
    assert.ok(addresses);
    const member = prefix(text);
    const set = { kind: "addresses", id: name, addresses } as const;
    if (addresses.held.delete(text)) {
      return { kind: "addresses", set, added: [], removed: [member] };
    }
    addresses.held.set(text, member);
    return { kind: "addresses", set, added: [member], removed: [] };
  }
}

function newMembers(): Map<string, readonly ServedPort[]> {
  return new Map();
}
