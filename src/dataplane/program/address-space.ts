/**
 * The address space as the sets in use cut it, kept from one rendering to the next: what is cut anew
 * is what changed.
 */
import { hostPrefix, type Prefix } from "../../core/net/address.ts";
import type { PeerSetChange } from "../../core/policy/changes.ts";
import type { NamedPortSet } from "../../core/policy/policy.ts";
import { AddressClasses } from "../../core/sets/address-classes.ts";
import type { Addresses } from "../../core/sets/addresses.ts";
import { AddressParts, PartTable } from "./parts.ts";
import { ServingTraits } from "./serving-traits.ts";
import type { SetsInUse } from "./sets-in-use.ts";

/**
 * Holds the members of the sets that the last rendering used. A set is taken to be as it was unless
 * a change of it is told; one that is another object is another set.
 */
export class AddressSpace {
  readonly #classes = new AddressClasses();
  readonly #parts = new PartTable();
  readonly #sets = new Map<Addresses, number>();
  /** By the id of the port name. */
  readonly #serving = new Map<string, ServingTraits>();
  #next = 0;

  /**
   * What became of a set, or of what a port name leads to; to be told before the next rendering. Of
   * what is not in use nothing is kept: it is read when it comes into use.
   */
  change(changed: PeerSetChange): void {
    if (changed.kind === "ports") {
      const serving = this.#serving.get(changed.set.id);
      if (serving?.named === changed.set.ports) serving.update(changed.changed);
      return;
    }
    const trait = this.#sets.get(changed.set.addresses);
    if (trait === undefined) return;
    for (const member of changed.removed) this.#classes.remove(trait, member);
    for (const member of changed.added) this.#classes.add(trait, member);
  }

  /** The parts that the sets in use leave whole. They hold until the next change or cut. */
  cut({ sets, names }: SetsInUse): AddressParts {
    for (const [set, trait] of this.#sets) {
      if (sets.has(set)) continue;
      this.#classes.drop(trait);
      this.#sets.delete(set);
    }
    for (const [id, serving] of this.#serving) {
      if (names.get(id) === serving.named) continue;
      serving.drop();
      this.#serving.delete(id);
    }
    for (const set of sets) if (!this.#sets.has(set)) this.#add(set);
    for (const named of names.values()) if (!this.#serving.has(named.id)) this.#addName(named);
    this.#classes.settle(this.#parts);
    const traits = { sets: this.#sets, serving: this.#serving };
    return new AddressParts(this.#classes, this.#parts, traits);
  }

  /** How much is held; every number is 0 after a cut by no sets. */
  get holdings(): AddressClasses["holdings"] {
    return this.#classes.holdings;
  }

  #add(set: Addresses): void {
    const trait = this.#next++;
    this.#sets.set(set, trait);
    for (const member of membersOf(set)) this.#classes.add(trait, member);
  }

  #addName(named: NamedPortSet): void {
    const serving = new ServingTraits(named, this.#classes, () => this.#next++);
    this.#serving.set(named.id, serving);
    serving.update(named.members.keys());
  }
}

function* membersOf(set: Addresses): Generator<Prefix> {
  if (set.members) yield* set.members();
  else {
    for (const host of set.hosts) yield hostPrefix(host);
    yield* set.nets;
  }
}
