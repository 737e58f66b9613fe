/** What port criteria say of an address and a port of it. */
import type { NamedPortSet, PortCriterion, ServedPort } from "./policy.ts";

/** Reports whether `port` of `address`, canonical text, satisfies the criterion. */
export function admits(
  { ports, named }: PortCriterion,
  address: string,
  { protocol, port }: ServedPort,
): boolean {
  if (ports.has(port)) return true;
  return named.some(({ members }) =>
    members.get(address)?.some((served) => served.protocol === protocol && served.port === port),
  );
}

/** The members of `set` that satisfy `criterion` as well. */
export function restrict(set: NamedPortSet, criterion: PortCriterion): NamedPortSet {
  const members = new Map<string, readonly ServedPort[]>();
  for (const [address, ports] of set.members) {
    const left = ports.filter((port) => admits(criterion, address, port));
    if (left.length > 0) members.set(address, left);
  }
  const names = criterion.named.map(({ id }) => id).sort();
  return { id: `${set.id} in ${[criterion.ports, ...names].join(" | ")}`, members };
}
