/** What the reference's proxy knows of a cluster, and the requests that it is asked about. */

import { type Address, address } from "../../../src/core/net/address.ts";
import type { Flow } from "../../../src/core/net/flow.ts";
import { hasPorts, TCP } from "../../../src/core/net/protocol.ts";
import type { Principal, Request } from "../../../src/core/net/request.ts";
import { parseSpiffeId } from "../../../src/core/net/spiffe.ts";
import type { Principals } from "../../../src/core/verdict/match-request.ts";
import type { DataPathRule } from "./data-path-rule.ts";
import { IpSets } from "./ip-sets.ts";

export interface PolicyId {
  readonly name: string;
  readonly kind: string;
  readonly namespace?: string;
}

export interface StoredPolicy {
  readonly id?: PolicyId;
  readonly namespace?: string;
  readonly inboundRules?: readonly DataPathRule[] | null;
  readonly outboundRules?: readonly DataPathRule[] | null;
}

interface Labelled {
  readonly id: { readonly name: string; readonly namespace?: string };
  readonly labels?: Readonly<Record<string, string>> | null;
}

export interface Store {
  readonly policies?: readonly StoredPolicy[] | null;
  readonly profiles?: readonly (StoredPolicy & { readonly id: { readonly name: string } })[] | null;
  readonly ipsets?: Readonly<
    Record<string, { readonly members?: readonly string[] | null }>
  > | null;
  readonly namespaces?: readonly Labelled[] | null;
  readonly serviceAccounts?: readonly Labelled[] | null;
}

export interface FlowFields {
  readonly srcIP?: string | null;
  readonly dstIP?: string | null;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly protocol?: number;
  readonly httpMethod?: string | null;
  readonly httpPath?: string | null;
  readonly srcPrincipal?: string | null;
  readonly dstPrincipal?: string | null;
  readonly srcLabels?: Readonly<Record<string, string>> | null;
  readonly dstLabels?: Readonly<Record<string, string>> | null;
}

/** One text for one policy. */
export function policyKey({ kind, namespace = "", name }: PolicyId): string {
  return `${kind}/${namespace}/${name}`;
}

export function ipSetsOf(store: Store | null | undefined): IpSets {
  const sets = Object.entries(store?.ipsets ?? {});
  return new IpSets(Object.fromEntries(sets.map(([id, { members }]) => [id, members ?? []])));
}

export function principalsOf(store: Store | null | undefined): Principals {
  const labelsOf = (listed: readonly Labelled[] | null | undefined, name: string, namespace = "") =>
    new Map(
      Object.entries(
        listed?.find(({ id }) => id.name === name && (id.namespace ?? "") === namespace)?.labels ??
          {},
      ),
    );
  return {
    namespaceLabels: (name) => labelsOf(store?.namespaces, name),
    serviceAccountLabels: (namespace, name) => labelsOf(store?.serviceAccounts, name, namespace),
  };
}

/** Undefined for a protocol number that there is none of: no rule matches such a flow. */
export function requestOf(fields: FlowFields): Request | undefined {
  const flow = flowOf(fields);
  const { httpMethod, httpPath } = fields;
  const source = principalOf(fields.srcPrincipal, fields.srcLabels);
  const destination = principalOf(fields.dstPrincipal, fields.dstLabels);
  return (
    flow && {
      flow,
      ...(source && { source }),
      ...(destination && { destination }),
      http: {
        ...(typeof httpMethod === "string" && { method: httpMethod }),
        ...(typeof httpPath === "string" && { path: httpPath }),
      },
    }
  );
}

function flowOf(fields: FlowFields): Flow | undefined {
  const { protocol = TCP, srcPort = 0, dstPort = 0 } = fields;
  if (protocol < 1 || protocol > 255) return undefined;
  return {
    source: addressOf(fields.srcIP, fields.dstIP),
    destination: addressOf(fields.dstIP, fields.srcIP),
    protocol,
    ...(hasPorts(protocol) && { sourcePort: srcPort, destinationPort: dstPort }),
  };
}

/** A side without an address gets the family's unspecified one, which nothing has. */
function addressOf(text: string | null | undefined, other: string | null | undefined): Address {
  return address(text || (other?.includes(":") ? "::" : "0.0.0.0"));
}

/** A text that names nobody is as good as none (evaluation.md §13). */
function principalOf(
  text: string | null | undefined,
  labels: FlowFields["srcLabels"],
): Principal | undefined {
  const principal = parseSpiffeId(text ?? "");
  return principal && { ...principal, ...(labels && { labels: new Map(Object.entries(labels)) }) };
}
