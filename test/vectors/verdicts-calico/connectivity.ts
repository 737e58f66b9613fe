/** Whole clusters with everything in force, and the connections that were tried in them. */
import type { Model } from "../../../src/core/model/model.ts";
import type { Verdict } from "../../../src/core/model/verdict.ts";
import { type Address, address, compareAddresses } from "../../../src/core/net/address.ts";
import type { Flow } from "../../../src/core/net/flow.ts";
import { hasPorts, icmpOf, parseProtocol } from "../../../src/core/net/protocol.ts";
import { evaluate } from "../../../src/core/spec/evaluate.ts";
import { Cluster } from "../../../src/core/verdict/cluster.ts";
import { judge } from "../../../src/core/verdict/judge.ts";
import type { Finding, VectorCase } from "../family.ts";
import { connectivityPurpose } from "./connectivity-purpose.ts";
import { type ClusterState, stateModel } from "./state-model.ts";
import { type Target, type Translation, translationsOf } from "./translation.ts";

export interface ConnectivityCase extends VectorCase, ClusterState {
  readonly src: string;
  readonly connections: readonly Connection[];
}

interface Connection {
  readonly from: {
    readonly type: "workload" | "host" | "external";
    readonly name: string;
    readonly ips: readonly string[];
    readonly sport?: number;
  };
  readonly to: { readonly ip: string; readonly port: number | "" };
  /** `tcp`, `icmpv6`, or `ip4:253` for a protocol by its number. */
  readonly protocol: string;
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly expect: "allow" | "deny";
}

/** Any port that no policy of the cases names. */
const CLIENT_PORT = 50_000;

/** What is sent where a case tells only the protocol. */
const ECHO = { 4: { type: 8, code: 0 }, 6: { type: 128, code: 0 } } as const;

/** The connections that came out otherwise; undefined when there are none. */
export function checkConnectivity(one: ConnectivityCase): Finding {
  const model = stateModel(one);
  const cluster = new Cluster(model);
  const translations = translationsOf(one, one.src);
  const wrong = one.connections.flatMap((connection) => {
    const flow = flowOf(connection, translations);
    const verdict = agreed(judge(cluster, flow), evaluate(model, flow));
    const found = passes(verdict, flow, model, one.environment?.inputChainPolicy)
      ? "allow"
      : "deny";
    if (found === connection.expect) return [];
    const { from, to, protocol, expect } = connection;
    return [`${from.name} to ${to.ip} ${protocol} ${to.port}: ${found}, wanted ${expect}`];
  });
  if (wrong.length === 0) return undefined;
  const purpose = connectivityPurpose(one.resources);
  return purpose === undefined ? wrong.join("; ") : { purpose };
}

function agreed(judged: Verdict, meant: Verdict): Verdict {
  if (judged.action === meant.action) return judged;
  throw new Error(`verdict says ${judged.action}, spec says ${meant.action}`);
}

/** What policy leaves to the host, the host's own INPUT chain decides. */
function passes(
  verdict: Verdict,
  flow: Flow,
  model: Model,
  inputChain: string | undefined,
): boolean {
  if (verdict.action === "Deny") return false;
  return inputChain !== "DROP" || !isLeftToHost(verdict, flow, model);
}

/** Whether the packet goes to a host of which no endpoint has allowed it (evaluation.md §9.5). */
function isLeftToHost({ steps }: Verdict, flow: Flow, { hosts }: Model): boolean {
  const host = hosts.find(({ interfaces }) =>
    interfaces.some(({ addresses }) => addresses.some((own) => same(own, flow.destination))),
  );
  if (!host) return false;
  const own = steps.filter(({ node }) => node === host.name);
  const toHost = own.find(({ decision }) => decision.by === "endpoint-to-host");
  if (toHost) return toHost.action === "None";
  const incoming = own.filter(({ direction }) => direction === "ingress");
  return !incoming.some(
    ({ list, action, decision }) =>
      action === "Allow" && (list === "normal" || decision.by === "rule"),
  );
}

function flowOf(connection: Connection, translations: readonly Translation[]): Flow {
  const { from, to, icmp } = connection;
  const protocol = protocolOf(connection.protocol);
  const target: Target = { address: address(to.ip), protocol, port: Number(to.port) };
  const source = from.ips.map(address).find(({ family }) => family === target.address.family);
  if (!source) throw new Error(`${from.name} has no address of the family of ${to.ip}`);
  const translation = translations.find((one) => translates(one, from.name, target));
  const { address: destination, port } = translation?.to ?? target;
  return {
    source,
    destination,
    protocol,
    ...(hasPorts(protocol) && { sourcePort: from.sport ?? CLIENT_PORT, destinationPort: port }),
    ...(protocol === icmpOf(source.family) && { icmp: icmp ?? ECHO[source.family] }),
    ...(translation && { originalDestination: target }),
  };
}

function translates(one: Translation, from: string, target: Target): boolean {
  return (
    same(one.address, target.address) &&
    one.port === target.port &&
    (one.protocol === undefined || one.protocol === target.protocol) &&
    (one.from === undefined || one.from === from)
  );
}

function protocolOf(text: string): number {
  const protocol = parseProtocol(text.replace(/^ip\d*:/, ""));
  if (protocol === undefined) throw new Error(`${text} is no protocol`);
  return protocol;
}

function same(a: Address, b: Address): boolean {
  return compareAddresses(a, b) === 0;
}
