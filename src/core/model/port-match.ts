/** Ports that rules list, in their one canonical form. */
import type { PortSpec } from "../resources/port.ts";
import { PortSet } from "../sets/port-set.ts";
import type { PortMatch } from "./policy.ts";

/** A port of the list: the numbers as maximal runs in ascending order, each name once as it came. */
export function portMatch(ports: readonly PortSpec[]): PortMatch {
  const [only, ...more] = ports;
  if (only && more.length === 0) return portMatchOf(only);
  const names: string[] = [];
  let numbers = PortSet.none;
  for (const port of ports) {
    if ("name" in port) names.push(port.name);
    else numbers = numbers.union(PortSet.range(port.first, port.last));
  }
  const ranges = Array.from(numbers.ranges(), ([first, last]) => ({ first, last }));
  return { ranges, names: [...new Set(names)] };
}

function portMatchOf(port: PortSpec): PortMatch {
  if ("name" in port) return { ranges: [], names: [port.name] };
  return { ranges: [{ first: port.first, last: port.last }], names: [] };
}
