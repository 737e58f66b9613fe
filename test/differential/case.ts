/** One case of the differential tests as a file: the manifests and the connection to judge. */
import { readFileSync, writeFileSync } from "node:fs";
import { dump, loadAll } from "js-yaml";
import { address, formatAddress } from "../../src/core/net/address.ts";
import type { Flow, IcmpMessage } from "../../src/core/net/flow.ts";
import { formatProtocol, parseProtocol } from "../../src/core/net/protocol.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";

export interface Case {
  readonly resources: readonly AnyResource[];
  readonly flow: Flow;
}

/** A flow as the first document of a case's file has it. */
interface FlowText {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly icmp?: IcmpMessage;
}

/** Writes the connection, then the manifests. Each line of `comment` becomes one of the file's. */
export function saveCase(path: string, { resources, flow }: Case, comment: string): void {
  const head = comment.split("\n").map((line) => `# ${line}\n`);
  const documents = [{ connection: writeFlow(flow) }, ...resources].map((one) => dump(one));
  writeFileSync(path, head.join("") + documents.join("---\n"));
}

/** Reads what `saveCase` wrote. */
export function loadCase(path: string): Case {
  const [first, ...resources] = loadAll(readFileSync(path, "utf8"));
  const { connection } = first as { readonly connection: FlowText };
  return { flow: readFlow(connection), resources: resources as AnyResource[] };
}

export function writeFlow(flow: Flow): FlowText {
  return {
    from: formatAddress(flow.source),
    to: formatAddress(flow.destination),
    protocol: formatProtocol(flow.protocol),
    ...(flow.sourcePort !== undefined && { fromPort: flow.sourcePort }),
    ...(flow.destinationPort !== undefined && { toPort: flow.destinationPort }),
    ...(flow.icmp && { icmp: flow.icmp }),
  };
}

function readFlow({ from, to, protocol, fromPort, toPort, icmp }: FlowText): Flow {
  const number = parseProtocol(protocol);
  if (number === undefined) throw new Error(`${protocol} is not a protocol`);
  return {
    source: address(from),
    destination: address(to),
    protocol: number,
    ...(fromPort !== undefined && { sourcePort: fromPort }),
    ...(toPort !== undefined && { destinationPort: toPort }),
    ...(icmp && { icmp }),
  };
}
