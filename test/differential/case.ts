/** One case of the differential tests as a file: the manifests and the connection to judge. */
import { readFileSync, writeFileSync } from "node:fs";
import { dump, loadAll } from "js-yaml";
import { address, formatAddress } from "../../src/core/net/address.ts";
import type { Flow, IcmpMessage } from "../../src/core/net/flow.ts";
import { formatProtocol, parseProtocol } from "../../src/core/net/protocol.ts";
import type { Principal, Request } from "../../src/core/net/request.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";

export interface Case {
  readonly resources: readonly AnyResource[];
  readonly flow: Flow;
  /** A request in the connection, when that is what is judged. */
  readonly request?: Request;
}

/** A flow as the first document of a case's file has it. */
interface FlowText {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly icmp?: IcmpMessage;
  /** Where it was sent before its destination was translated. */
  readonly originally?: { readonly to: string; readonly toPort?: number };
  readonly request?: RequestText;
}

interface RequestText {
  readonly from?: PrincipalText;
  readonly to?: PrincipalText;
  readonly http?: NonNullable<Request["http"]>;
}

interface PrincipalText extends Omit<Principal, "labels"> {
  readonly labels?: Readonly<Record<string, string>>;
}

/** Writes the connection, then the manifests. Each line of `comment` becomes one of the file's. */
export function saveCase(path: string, { resources, ...judged }: Case, comment: string): void {
  const head = comment.split("\n").map((line) => `# ${line}\n`);
  const documents = [{ connection: writeConnection(judged) }, ...resources].map((one) => dump(one));
  writeFileSync(path, head.join("") + documents.join("---\n"));
}

/** Reads what `saveCase` wrote. */
export function loadCase(path: string): Case {
  const [first, ...resources] = loadAll(readFileSync(path, "utf8"));
  const { connection } = first as { readonly connection: FlowText };
  const flow = readFlow(connection);
  const request = connection.request && readRequest(flow, connection.request);
  return { flow, resources: resources as AnyResource[], ...(request && { request }) };
}

/** A connection and the request in it, for people and for files. */
export function writeConnection({ flow, request }: Omit<Case, "resources">): FlowText {
  return { ...writeFlow(flow), ...(request && { request: writeRequest(request) }) };
}

export function writeFlow(flow: Flow): FlowText {
  const { originalDestination } = flow;
  return {
    from: formatAddress(flow.source),
    to: formatAddress(flow.destination),
    protocol: formatProtocol(flow.protocol),
    ...(flow.sourcePort !== undefined && { fromPort: flow.sourcePort }),
    ...(flow.destinationPort !== undefined && { toPort: flow.destinationPort }),
    ...(flow.icmp && { icmp: flow.icmp }),
    ...(originalDestination && {
      originally: {
        to: formatAddress(originalDestination.address),
        ...(originalDestination.port !== undefined && { toPort: originalDestination.port }),
      },
    }),
  };
}

function writeRequest({ source, destination, http }: Request): RequestText {
  const write = ({ labels, ...rest }: Principal): PrincipalText => ({
    ...rest,
    ...(labels && { labels: Object.fromEntries(labels) }),
  });
  return {
    ...(source && { from: write(source) }),
    ...(destination && { to: write(destination) }),
    ...(http && { http }),
  };
}

function readRequest(flow: Flow, { from, to, http }: RequestText): Request {
  const read = ({ labels, ...rest }: PrincipalText): Principal => ({
    ...rest,
    ...(labels && { labels: new Map(Object.entries(labels)) }),
  });
  return {
    flow,
    ...(from && { source: read(from) }),
    ...(to && { destination: read(to) }),
    ...(http && { http }),
  };
}

function readFlow({ from, to, protocol, fromPort, toPort, icmp, originally }: FlowText): Flow {
  const number = parseProtocol(protocol);
  if (number === undefined) throw new Error(`${protocol} is not a protocol`);
  return {
    source: address(from),
    destination: address(to),
    protocol: number,
    ...(fromPort !== undefined && { sourcePort: fromPort }),
    ...(toPort !== undefined && { destinationPort: toPort }),
    ...(icmp && { icmp }),
    ...(originally && {
      originalDestination: {
        address: address(originally.to),
        ...(originally.toPort !== undefined && { port: originally.toPort }),
      },
    }),
  };
}
