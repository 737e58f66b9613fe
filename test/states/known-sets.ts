/** The sets that changes told of, with the members that the deltas of each add up to. */
import assert from "node:assert/strict";
import { formatPrefix, hostPrefix } from "../../src/core/net/address.ts";
import type { PeerSet, PeerSetChange } from "../../src/core/policy/changes.ts";
import type { NamedPortSet } from "../../src/core/policy/policy.ts";
import type { Addresses } from "../../src/core/sets/addresses.ts";
import { compareBytes } from "../../src/core/text/byte-order.ts";
import { memberTexts, type SetTexts } from "./rule-text.ts";

/** A set, and for each member text what it serves; "" in a set of addresses. */
interface Known {
  readonly set: PeerSet;
  members: Map<string, string>;
}

export class KnownSets {
  readonly #known = new Map<string, Known>();
  readonly #byContent = new Map<Addresses | NamedPortSet, PeerSet>();

  /** What each is called, in order. */
  get keys(): string[] {
    return [...this.#known.keys()].sort(compareBytes);
  }

  add(set: PeerSet): void {
    assert.ok(!this.#known.has(keyOf(set)), `${keyOf(set)} is new, and was there`);
    assert.ok(!this.#byContent.has(contentOf(set)), `${keyOf(set)} is another set too`);
    this.#known.set(keyOf(set), { set, members: membersOf(set) });
    this.#byContent.set(contentOf(set), set);
  }

  change(change: PeerSetChange): void {
    const known = this.#known.get(keyOf(change.set));
    assert.ok(known, `${keyOf(change.set)} changes, and is not there`);
    assert.equal(change.set, known.set, `${keyOf(change.set)} became another object`);
    const { members } = known;
    if (change.kind === "ports") {
      assert.ok(change.changed.length > 0, `${change.set.id} changes without a change`);
      const now = membersOf(change.set);
      for (const address of distinct(change.changed)) {
        assert.notEqual(now.get(address), members.get(address), `${address} serves what it did`);
        setOrDelete(members, address, now.get(address));
      }
      return;
    }
    assert.ok(change.added.length + change.removed.length > 0, `${change.set.id} has no change`);
    for (const text of distinct(change.removed.map(formatPrefix))) {
      assert.ok(members.delete(text), `${text} leaves ${change.set.id}, and was not in it`);
    }
    for (const text of distinct(change.added.map(formatPrefix))) {
      assert.ok(!members.has(text), `${text} joins ${change.set.id}, and was in it or left it`);
      members.set(text, "");
    }
  }

  remove(set: PeerSet): void {
    assert.equal(this.#known.get(keyOf(set))?.set, set, `${keyOf(set)} goes, and is not there`);
    this.#known.delete(keyOf(set));
    this.#byContent.delete(contentOf(set));
  }

  /** The peer set that a rule names; it is there. */
  named(content: Addresses | NamedPortSet): PeerSet {
    const set = this.#byContent.get(content);
    assert.ok(set, `a rule names a set that is not there: ${textOf(content)}`);
    return set;
  }

  /** Every set holds what was told of it, and is one of `named`. */
  check(named: ReadonlySet<PeerSet>): void {
    for (const { set, members } of this.#known.values()) {
      assert.deepEqual(membersOf(set), members, `${keyOf(set)} has other members than were told`);
      assert.ok(named.has(set), `${keyOf(set)} is there, and no rule names it`);
    }
  }

  /** Peer sets by their ids: a rule is the same whoever is in them. */
  get texts(): SetTexts {
    const text = (content: Addresses | NamedPortSet) => keyOf(this.named(content));
    return { addresses: text, ports: text };
  }
}

function keyOf({ kind, id }: PeerSet): string {
  return `set of ${kind} ${id}`;
}

function contentOf(set: PeerSet): Addresses | NamedPortSet {
  return set.kind === "addresses" ? set.addresses : set.ports;
}

function textOf(content: Addresses | NamedPortSet): string {
  const texts = memberTexts();
  return "hosts" in content ? texts.addresses(content) : texts.ports(content);
}

function membersOf(set: PeerSet): Map<string, string> {
  if (set.kind === "ports") {
    return new Map(
      Array.from(set.ports.members, ([address, ports]) => [
        address,
        ports.map(({ protocol, port }) => `${protocol}/${port}`).join(),
      ]),
    );
  }
  const { addresses } = set;
  const members = addresses.members?.() ?? [...addresses.hosts.map(hostPrefix), ...addresses.nets];
  return new Map(Array.from(members, (net) => [formatPrefix(net), ""]));
}

function distinct(texts: readonly string[]): readonly string[] {
  assert.equal(new Set(texts).size, texts.length, `told twice: ${texts}`);
  return texts;
}

function setOrDelete(map: Map<string, string>, key: string, value: string | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
