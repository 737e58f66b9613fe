/** What a Log rule noted of a packet, read from ulogd's JSON. */

import { type Address, parseAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { hasPorts, ICMP, ICMPV6 } from "../../core/net/protocol.ts";
import { type LogPrefix, parseLogPrefix } from "../program/log-prefix.ts";

/** A packet that met a Log rule, and the rule. */
export interface PolicyLog {
  /** When it was seen, in milliseconds since 1970. */
  readonly time: number | undefined;
  readonly rule: LogPrefix;
  readonly flow: Flow;
  /** The node's interfaces that the packet came in by and was to leave by; "" where there is none. */
  readonly inInterface: string;
  readonly outInterface: string;
}

/** Reads one line of ulogd; undefined for one that no Log rule of ours is the cause of. */
export function parsePolicyLog(line: string): PolicyLog | undefined {
  const record = parseRecord(line);
  const rule = parseLogPrefix(record.text("oob.prefix"));
  const source = parseAddress(record.text("src_ip"));
  const destination = parseAddress(record.text("dest_ip"));
  const protocol = record.number("ip.protocol") ?? record.number("ip6.nexthdr");
  if (!rule || !source || !destination || protocol === undefined) return undefined;
  return {
    time: timeOf(record),
    rule,
    flow: flowOf(record, source, destination, protocol),
    inInterface: record.text("oob.in"),
    outInterface: record.text("oob.out"),
  };
}

/** The kernel's time where it took one, else ulogd's, which it writes without a zone. */
function timeOf(record: Fields): number | undefined {
  const seconds = record.number("oob.time.sec");
  const microseconds = record.number("oob.time.usec") ?? 0;
  if (seconds !== undefined) return seconds * 1000 + Math.floor(microseconds / 1000);
  const written = Date.parse(record.text("timestamp"));
  return Number.isNaN(written) ? undefined : written;
}

function flowOf(record: Fields, source: Address, destination: Address, protocol: number): Flow {
  const ends = { source, destination, protocol };
  if (hasPorts(protocol)) {
    const sourcePort = record.number("src_port");
    const destinationPort = record.number("dest_port");
    return {
      ...ends,
      ...(sourcePort !== undefined && { sourcePort }),
      ...(destinationPort !== undefined && { destinationPort }),
    };
  }
  if (protocol !== ICMP && protocol !== ICMPV6) return ends;
  const name = protocol === ICMP ? "icmp" : "icmpv6";
  const type = record.number(`${name}.type`);
  const code = record.number(`${name}.code`);
  return type === undefined || code === undefined ? ends : { ...ends, icmp: { type, code } };
}

interface Fields {
  text(key: string): string;
  number(key: string): number | undefined;
}

/** The fields of a line; of one that is no JSON object, none. */
function parseRecord(line: string): Fields {
  const fields = new Map<string, unknown>(Object.entries(parseJson(line) ?? {}));
  return {
    text: (key) => {
      const value = fields.get(key);
      return typeof value === "string" ? value : "";
    },
    number: (key) => {
      const value = fields.get(key);
      return typeof value === "number" ? value : undefined;
    },
  };
}

function parseJson(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
