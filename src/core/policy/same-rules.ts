/** Whether compiled rules say the same. Their sets are live: equal ones are one object. */
import type { Direction } from "../model/policy.ts";
import { PortSet } from "../sets/port-set.ts";
import type { CompiledRule } from "./policy.ts";

/** Reports whether both have the same rules in both directions. */
export function hasSameRules(a: Ruled, b: Ruled): boolean {
  return isSame(a.ingress, b.ingress) && isSame(a.egress, b.egress);
}

type Ruled = Readonly<Record<Direction, readonly CompiledRule[]>>;

/** Compares plain values by what is in them, sets of ports by their numbers, all else as objects. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  if (a instanceof PortSet && b instanceof PortSet) return a.toString() === b.toString();
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(valueAt(a, key), valueAt(b, key)))
  );
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function valueAt(of: object, key: string): unknown {
  return Reflect.get(of, key);
}
