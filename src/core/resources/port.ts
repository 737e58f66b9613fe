/** Ports and protocols as rules and endpoints write them: numbers, ranges or names. */
import { hasPorts, protocolNumber } from "../net/protocol.ts";
import { type FieldError, invalid } from "../schema/field-error.ts";
import { portNameProblem } from "./names.ts";

/** A port of a rule: an inclusive range of numbers, or a name. */
export type PortSpec =
  | { readonly first: number; readonly last: number }
  | { readonly name: string };

/**
 * Reads a port of a rule: 80, "80", "8000:8999" or "http". Undefined when it is none. Numbers go
 * from 0 to 65535; a range is never empty.
 */
export function parsePort(written: number | string): PortSpec | undefined {
  if (typeof written === "number") {
    const isPort = Number.isInteger(written) && written >= 0 && written <= 65_535;
    return isPort ? { first: written, last: written } : undefined;
  }
  const range = /^(\d+)(?::(\d+))?$/.exec(written);
  if (range) {
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    return first <= last && last <= 65_535 ? { first, last } : undefined;
  }
  return /^[a-zA-Z0-9_.-]{1,128}$/.test(written) ? { name: written } : undefined;
}

/** The number of a protocol of a rule or port, 0..255; undefined when it is none. */
export function parseRuleProtocol(written: number | string): number | undefined {
  if (typeof written === "string" && !/^\d+$/.test(written)) return protocolNumber(written);
  const number = Number(written);
  return number >= 0 && number <= 255 ? number : undefined;
}

/** Says why this is no protocol of a rule: a name, or a number from 1 to 255. */
export function protocolProblem(written: number | string): string | undefined {
  if (parseRuleProtocol(written)) return undefined;
  return "must be TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or a number from 1 to 255";
}

/** The protocol of an endpoint's port: one that has ports. */
export function checkPortProtocol(written: number | string, field: string): FieldError[] {
  if (hasPorts(parseRuleProtocol(written) ?? 0)) return [];
  return [invalid(field, written, "must be TCP, UDP or SCTP")];
}

/** Says why this is no port of a rule: 1..65535, a range of those, or a name as endpoints have. */
export function portProblem(written: number | string): string | undefined {
  const port = parsePort(written);
  if (!port) return 'must be a port, a range "first:last" of ports up to 65535, or a port\'s name';
  return "name" in port ? portNameProblem(port.name) : portNumberProblem(port.first);
}

export function checkPort(written: number | string, field: string): FieldError[] {
  const problem = portProblem(written);
  return problem ? [invalid(field, written, problem)] : [];
}

export function checkPortNumber(port: number, field: string): FieldError[] {
  const problem = portNumberProblem(port);
  return problem ? [invalid(field, port, problem)] : [];
}

/** Says why a number is no port. */
export function portNumberProblem(port: number): string | undefined {
  return port >= 1 && port <= 65_535 ? undefined : "must be between 1 and 65535, inclusive";
}
