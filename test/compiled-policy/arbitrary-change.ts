/** Random changes to the rules of a stage. */
import fc from "fast-check";
import { formatAddress, hostPrefix, prefix } from "../../src/core/net/address.ts";
import type { CompiledRule, CompiledSide } from "../../src/core/policy/policy.ts";
import { AddressSet } from "../../src/core/sets/address-set.ts";
import type { Addresses } from "../../src/core/sets/addresses.ts";
import { HOSTS, rule } from "./arbitrary.ts";

/** A rule taken away or another put in, and an address that joins or leaves every set. */
interface Change {
  readonly at: number;
  readonly remove: boolean;
  readonly insert: CompiledRule | undefined;
  readonly moving: string | undefined;
}

export const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(3),
  remove: fc.boolean(),
  insert: fc.option(rule, { nil: undefined }),
  moving: fc.option(fc.constantFrom(...HOSTS), { nil: undefined }),
});

/** The rules after a change; what was one set of addresses before is one after. */
export function changed(
  rules: readonly CompiledRule[],
  { at, remove, insert, moving }: Change,
): CompiledRule[] {
  const sets = new Map<Addresses, Addresses>();
  const moved = (set: Addresses): Addresses => {
    const known = sets.get(set);
    if (known || moving === undefined) return known ?? set;
    const net = prefix(moving);
    const others = set.hosts.filter((one) => formatAddress(one) !== moving).map(hostPrefix);
    const joins = others.length === set.hosts.length;
    const next = AddressSet.of([...others, ...set.nets, ...(joins ? [net] : [])]);
    sets.set(set, next);
    return next;
  };
  const side = (one: CompiledSide): CompiledSide => ({
    ...one,
    addresses: one.addresses.map(({ set, negated }) => ({ set: moved(set), negated })),
  });
  const next = rules.map((one) => ({
    ...one,
    source: side(one.source),
    destination: side(one.destination),
  }));
  next.splice(at % rules.length, remove ? 1 : 0, ...(insert ? [insert] : []));
  return next;
}
