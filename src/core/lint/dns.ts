/** Workloads that policy keeps from asking the cluster's DNS. */
import type { Analysis } from "../analysis/analysis.ts";
import { ConnectionSet } from "../analysis/connection-set.ts";
import type { Peer, WorkloadPeer } from "../analysis/peers.ts";
import { once } from "../calc/once.ts";
import { objectKey } from "../explanation/object-key.ts";
import { endpointName } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { PolicyId } from "../model/policy.ts";
import type { Step } from "../model/verdict.ts";
import { type Address, type Family, formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { formatProtocol, TCP, UDP } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import { formatDecision } from "../verdict/format.ts";
import { judge } from "../verdict/judge.ts";
import { type Finding, finding } from "./finding.ts";
import type { Subject } from "./subject.ts";

/** Where questions are answered. */
interface Server {
  readonly peer: Peer;
  readonly port: number;
}

const PROTOCOLS = [UDP, TCP] as const;
const DNS = 53;
/** The ports that Linux gives clients by default. */
const CLIENT_PORTS = PortSet.range(32_768, 60_999);
const CLIENT_PORT = 50_000;

/**
 * A finding for each policy that cuts workloads off: from every DNS server of the cluster, or where
 * none is known from everyone's port 53. Answers that are only too long for UDP are a lesser loss.
 */
export function lintDns({ model, analysis }: Subject): Finding[] {
  const servers = serversOf(model, analysis);
  const own = new Set(servers.map(({ peer }) => peer));
  const cut = new Map<string, Cut>();
  let anyone: Able | undefined;
  const able = () => {
    anyone ??= ableToAskAnyone(analysis);
    return anyone;
  };
  for (const peer of analysis.peers) {
    if (peer.kind !== "workload" || own.has(peer)) continue;
    for (const found of cutsOf(analysis, peer, servers, able)) {
      once(cut, found.key, () => ({ ...found, workloads: new Set<string>() })).workloads.add(
        endpointName(peer.endpoint),
      );
    }
  }
  return Array.from(cut.values(), cutFinding);
}

interface OneCut {
  readonly key: string;
  readonly policy: PolicyId;
  readonly path: string;
  readonly step: Step;
  readonly protocols: readonly number[];
  readonly flow: Flow;
  readonly isKnown: boolean;
}

interface Cut extends OneCut {
  readonly workloads: Set<string>;
}

function serversOf({ services, workloads }: Model, analysis: Analysis): Server[] {
  const service = services.find(
    ({ namespace, name }) => namespace === "kube-system" && name === "kube-dns",
  );
  const listed = (service?.backends ?? []).map(({ address, port }) => ({ address, port }));
  const pods = workloads.filter(
    ({ namespace, labels }) => namespace === "kube-system" && labels.get("k8s-app") === "kube-dns",
  );
  const found = listed.length > 0 ? listed : pods.flatMap(({ addresses }) => addresses.map(at53));
  const byPlace = new Map(found.map((one) => [`${formatAddress(one.address)} ${one.port}`, one]));
  return Array.from(byPlace.values(), ({ address, port }) => {
    return { peer: analysis.peerAt(address), port };
  });
}

function at53(address: Address) {
  return { address, port: DNS };
}

/** By which policy a workload is cut off, of one protocol or of both. */
function cutsOf(
  analysis: Analysis,
  peer: WorkloadPeer,
  servers: readonly Server[],
  able: () => Able,
): OneCut[] {
  const { family } = peer.address;
  const own = servers.filter((one) => one.peer.address.family === family);
  const isKnown = own.length > 0;
  const lost = PROTOCOLS.filter((protocol) =>
    isKnown
      ? !own.some((server) => canAsk(analysis.connections(peer, server.peer), server, protocol))
      : !able()[protocol].has(analysis.classOf(peer).index),
  );
  const [protocol] = lost;
  const stranger = analysis.peers.find((one) => one.kind === "outside" && isOf(one, family));
  const server = own[0] ?? (stranger && { peer: stranger, port: DNS });
  if (protocol === undefined || !server) return [];
  const flow: Flow = {
    source: peer.address,
    destination: server.peer.address,
    protocol,
    sourcePort: CLIENT_PORT,
    destinationPort: server.port,
  };
  const step = judge(analysis.cluster, flow).steps.find(({ action }) => action === "Deny");
  if (step?.decision.by !== "rule" && step?.decision.by !== "end-of-tier") return [];
  const { policy } = step.decision;
  const path = step.decision.by === "rule" ? step.decision.path : "spec";
  const key = `${objectKey(policy)} ${path} ${step.direction} ${lost.join()} ${isKnown}`;
  return [{ key, policy, path, step, protocols: lost, flow, isKnown }];
}

function isOf({ address }: Peer, family: Family): boolean {
  return address.family === family;
}

/** The classes, by index, that can ask somebody at port 53 by a protocol. */
type Able = Readonly<Record<(typeof PROTOCOLS)[number], ReadonlySet<number>>>;

function ableToAskAnyone(analysis: Analysis): Able {
  const able = { [UDP]: new Set<number>(), [TCP]: new Set<number>() };
  for (const { from, connections } of analysis.cells()) {
    for (const protocol of PROTOCOLS) {
      if (canAsk(connections, { port: DNS }, protocol)) able[protocol].add(from.index);
    }
  }
  return able;
}

function canAsk(
  connections: ConnectionSet,
  { port }: Pick<Server, "port">,
  protocol: number,
): boolean {
  const asked = { sources: CLIENT_PORTS, destinations: PortSet.range(port) };
  return connections.covers(ConnectionSet.ofPorts(protocol, asked));
}

const SHOWN = 3;

function cutFinding({ policy, path, step, protocols, flow, isKnown, workloads }: Cut): Finding {
  const names = [...workloads].sort();
  const shown = names.slice(0, SHOWN).join(", ") + (names.length > SHOWN ? ", …" : "");
  const who = names.length === 1 ? shown : `${names.length} workloads (${shown})`;
  const where = isKnown ? "the cluster's DNS" : "any port 53";
  const how = protocols.map(formatProtocol).join(" and ");
  const lesser = protocols.includes(UDP) ? "" : ", which long answers need";
  const message = `${who} cannot ask ${where} by ${how}${lesser}: ${step.direction} of ${
    step.endpoint
  } is denied by ${formatDecision(step.decision)}`;
  const severity = protocols.includes(UDP) ? "warning" : "info";
  return finding("dns-cut", policy, path, message, { severity, witness: flow });
}
