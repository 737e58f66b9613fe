/** What port criteria say of an address and a port of it. */
import type { NamedPortSet, PortCriterion, ServedPort } from "./policy.ts";

/** Reports whether one of the sets leads to the port of `address`, which is canonical text. */
export function isNamed(
  sets: readonly NamedPortSet[],
  address: string,
  { protocol, port }: ServedPort,
): boolean {
  return sets.some(({ members }) =>
    members.get(address)?.some((served) => served.protocol === protocol && served.port === port),
  );
}

/** The members of `set` that satisfy the criterion as well. */
export function restrict(set: NamedPortSet, { ports, named }: PortCriterion): NamedPortSet {
  const members = new Map<string, readonly ServedPort[]>();
  for (const [address, served] of set.members) {
    const left = served.filter((one) => ports.has(one.port) || isNamed(named, address, one));
    if (left.length > 0) members.set(address, left);
  }
  const names = named.map(({ id }) => id).sort();
  return { id: `${set.id} in ${[ports, ...names].join(" | ")}`, members };
}
