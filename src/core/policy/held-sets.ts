/** Sets that rules name: told when they are new, when they change, and when no rule names them. */
import type { LiveAddressSet } from "../calc/live-address-set.ts";
import type { AddressSet } from "../sets/address-set.ts";
import type { PeerSet, PeerSetChange, PolicyChanges } from "./changes.ts";
import type { LivePortSet } from "./live-port-set.ts";

/** A set of addresses or of ports, mostly one that changes. */
export type LiveSet =
  | { readonly kind: "addresses"; readonly id: string; readonly addresses: LiveAddressSet }
  | { readonly kind: "ports"; readonly id: string; readonly ports: LivePortSet }
  /** Nets as a rule lists them, which never change. */
  | { readonly kind: "addresses"; readonly id: string; readonly addresses: AddressSet };

/** A set, and how many hold it. */
export interface Held<S extends LiveSet = LiveSet> {
  readonly set: S;
  /** Lets go of what the set holds, once nobody holds it. */
  readonly drop: () => void;
  /** Whether it is for other sets to be made of, and no rule names it. */
  readonly isInner: boolean;
  holders: number;
  isTold: boolean;
}

/** Those who make sets add them here; those whose rules name them retain and release them. */
export class HeldSets {
  readonly #fresh = new Set<Held>();
  readonly #touched = new Set<Held>();
  readonly #idle = new Set<Held>();

  /** A set that nobody holds yet. */
  add<S extends LiveSet>(set: S, drop: () => void, isInner = false): Held<S> {
    const held = { set, drop, isInner, holders: 0, isTold: false };
    if (!isInner) this.#fresh.add(held);
    return held;
  }

  retain(held: Held): void {
    if (held.holders++ === 0) this.#idle.delete(held);
  }

  /** A set that nobody holds stays until the next flush: it may be held again before. */
  release(held: Held): void {
    if (--held.holders === 0) this.#idle.add(held);
  }

  /** Its members may have changed. */
  touch(held: Held): void {
    if (held.isTold) this.#touched.add(held);
  }

  /** What changed since the last flush. */
  flush(): Pick<PolicyChanges, "newSets" | "changedSets" | "goneSets"> {
    const goneSets: PeerSet[] = [];
    for (const held of this.#idle) {
      this.#fresh.delete(held);
      this.#touched.delete(held);
      held.drop();
      if (held.isTold) goneSets.push(held.set);
    }
    this.#idle.clear();
    const changedSets: PeerSetChange[] = [];
    for (const { set } of this.#touched) {
      const change = changeOf(set);
      if (change) changedSets.push(change);
    }
    this.#touched.clear();
    const newSets: PeerSet[] = [];
    for (const held of this.#fresh) {
      held.isTold = true;
      keepChanges(held.set);
      newSets.push(held.set);
    }
    this.#fresh.clear();
    return { newSets, changedSets, goneSets };
  }
}

function changeOf(set: LiveSet): PeerSetChange | undefined {
  if (set.kind === "ports") {
    const changed = set.ports.takeChanges();
    return changed.length > 0 ? { kind: "ports", set, changed } : undefined;
  }
  if (!("takeChanges" in set.addresses)) return undefined;
  const { added, removed } = set.addresses.takeChanges();
  if (added.length + removed.length === 0) return undefined;
  return { kind: "addresses", set, added, removed };
}

function keepChanges(set: LiveSet): void {
  if (set.kind === "ports") set.ports.keepChanges();
  else if ("keepChanges" in set.addresses) set.addresses.keepChanges();
}
