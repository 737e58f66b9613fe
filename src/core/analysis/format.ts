/** Connection sets for people and for programs. */
import { formatProtocol, ICMP, ICMPV6, SCTP, TCP, UDP } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import type { ConnectionSet } from "./connection-set.ts";
import type { PortGrid } from "./port-grid.ts";

/** Both ends are in it. */
export type NumberRange = readonly [first: number, last: number];

/**
 * A set as JSON: `"all"`, or its protocols by name, those without connections left out.
 *
 * Protocols with ports have ranges of destination ports, or {@link PortRows} where not every source
 * port has the same. ICMP has ranges of types, or {@link MessageRows} where a type is not in it with
 * all its codes. Under `other` are ranges of the numbers of other protocols.
 */
export type ConnectionsJson =
  | "all"
  | {
      readonly [protocol: string]:
        | readonly NumberRange[]
        | readonly PortRows[]
        | readonly MessageRows[];
    };

/** Destination ports by source ports; no source port is in two of them. */
export interface PortRows {
  readonly source: readonly NumberRange[];
  readonly destination: readonly NumberRange[];
}

export interface MessageRows {
  readonly type: number;
  readonly codes: readonly NumberRange[];
}

/** The set as JSON. */
export function connectionsJson(set: ConnectionSet): ConnectionsJson {
  if (set.isAll) return "all";
  const { tcp, udp, sctp, icmp, icmpv6, others } = set.parts;
  return {
    ...(!tcp.isEmpty && { TCP: portsJson(tcp) }),
    ...(!udp.isEmpty && { UDP: portsJson(udp) }),
    ...(!sctp.isEmpty && { SCTP: portsJson(sctp) }),
    ...(!icmp.isEmpty && { ICMP: messagesJson(icmp) }),
    ...(!icmpv6.isEmpty && { ICMPv6: messagesJson(icmpv6) }),
    ...(!others.isEmpty && { other: [...others.ranges()] }),
  };
}

/**
 * The set in words: `all`, `none`, `TCP 80, 443-445; UDP; ICMP 8`, `all but TCP 22`. A message is
 * `type` or `type/code`; ports that only some source ports reach are `TCP 80 from 1024-65535`.
 */
export function formatConnections(set: ConnectionSet): string {
  if (set.isAll) return "all";
  if (set.isEmpty) return "none";
  const words = listed(set);
  const others = listed(set.complement());
  return others.length < words.length ? `all but ${others}` : words;
}

function portsJson(grid: PortGrid): readonly NumberRange[] | readonly PortRows[] {
  const ports = grid.fromAnywhere;
  if (ports) return [...ports.ranges()];
  return grid.rows.map(({ sources, destinations }) => {
    return { source: [...sources.ranges()], destination: [...destinations.ranges()] };
  });
}

function messagesJson(messages: PortSet): readonly NumberRange[] | readonly MessageRows[] {
  const rows = messageRows(messages);
  if (rows.some(({ codes }) => !isWhole(codes))) {
    return rows.map(({ type, codes }) => ({ type, codes: [...codes.ranges()] }));
  }
  return [...PortSet.union(rows.map(({ type }) => PortSet.range(type))).ranges()];
}

interface MessageRow {
  readonly type: number;
  readonly codes: PortSet;
}

/** The types of messages with their codes, ascending. */
function messageRows(messages: PortSet): MessageRow[] {
  const rows: MessageRow[] = [];
  for (const [first, last] of messages.ranges()) {
    for (let type = first >>> 8; type <= last >>> 8; type++) {
      const from = type === first >>> 8 ? first & 255 : 0;
      const codes = PortSet.range(from, type === last >>> 8 ? last & 255 : 255);
      const before = rows.at(-1);
      if (before?.type === type) rows[rows.length - 1] = { type, codes: before.codes.union(codes) };
      else rows.push({ type, codes });
    }
  }
  return rows;
}

const EVERY_CODE = PortSet.range(0, 255);

function isWhole(codes: PortSet): boolean {
  return codes.equals(EVERY_CODE);
}

function listed(set: ConnectionSet): string {
  const { tcp, udp, sctp, icmp, icmpv6, others } = set.parts;
  return [
    ...portWords(TCP, tcp),
    ...portWords(UDP, udp),
    ...portWords(SCTP, sctp),
    ...messageWords(ICMP, icmp),
    ...messageWords(ICMPV6, icmpv6),
    ...(others.isEmpty ? [] : [`protocol ${rangeWords(others)}`]),
  ].join("; ");
}

function portWords(protocol: number, grid: PortGrid): string[] {
  const name = formatProtocol(protocol);
  return grid.rows.map(({ sources, destinations }) => {
    const ports = destinations.equals(PortSet.all) ? name : `${name} ${rangeWords(destinations)}`;
    return sources.equals(PortSet.all) ? ports : `${ports} from ${rangeWords(sources)}`;
  });
}

function messageWords(protocol: number, messages: PortSet): string[] {
  if (messages.isEmpty) return [];
  const name = formatProtocol(protocol);
  if (messages.equals(PortSet.all)) return [name];
  const rows = messageRows(messages);
  const whole = PortSet.union(
    rows.filter(({ codes }) => isWhole(codes)).map(({ type }) => PortSet.range(type)),
  );
  const some = rows
    .filter(({ codes }) => !isWhole(codes))
    .flatMap(({ type, codes }) => rangesOf(codes).map((range) => `${type}/${range}`));
  return [`${name} ${[...rangesOf(whole), ...some].join(", ")}`];
}

function rangeWords(numbers: PortSet): string {
  return rangesOf(numbers).join(", ");
}

function rangesOf(numbers: PortSet): string[] {
  return Array.from(numbers.ranges(), ([first, last]) =>
    first === last ? `${first}` : `${first}-${last}`,
  );
}
