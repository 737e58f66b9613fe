/** Judges connections by compiled policy, and says what decided. */
import type { Step, Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import { ICMP, ICMPV6, TCP } from "../net/protocol.ts";
import type { Cluster } from "./cluster.ts";
import { passagesOf, reversed } from "./passage.ts";
import { type Judged, type Tracking, Traversal } from "./traversal.ts";

/** The verdict of `cluster` on the connection that `flow` begins. */
export function judge(cluster: Cluster, flow: Flow): Verdict {
  return verdictOf(judgedSteps(cluster, flow));
}

/** A connection passes when no step denies it. */
export function verdictOf(judged: readonly { readonly step: Step }[]): Verdict {
  const steps = judged.map(({ step }) => step);
  return { action: judged.some(isDenied) ? "Deny" : "Allow", steps };
}

/** The steps of the verdict, each with its endpoint and the packet that it saw. */
export function judgedSteps(cluster: Cluster, flow: Flow): readonly Judged[] {
  const { originalDestination: _, ...translated } = flow;
  const requests = passagesOf(cluster, flow).map((passage, i) => {
    // The first node translates the destination; the ones after it know nothing of that.
    const traversal = new Traversal(cluster, passage, i === 0 ? flow : translated, "new");
    return { passage, steps: traversal.judge(), untracked: traversal.untracked };
  });
  const steps = requests.flatMap((request) => request.steps);
  const reply = replyTo(flow);
  if (!reply || steps.some(isDenied)) return steps;
  const replies = requests.toReversed().flatMap(({ passage, untracked }) => {
    const tracking = untracked ? withoutEntry(reply) : "established";
    return new Traversal(cluster, reversed(passage), reply, tracking).judge();
  });
  return [...steps, ...replies];
}

function isDenied({ step }: { readonly step: Step }): boolean {
  return step.action === "Deny";
}

/** The protocols of which connection tracking knows a reply from a first packet. */
export const STATEFUL: readonly number[] = [TCP, ICMP, ICMPV6];

/** What connection tracking makes of the reply to a packet that it never saw. */
function withoutEntry({ protocol }: Flow): Tracking {
  return STATEFUL.includes(protocol) ? "invalid" : "new";
}

/** The first packet of the answer; undefined for a message that has none. */
function replyTo(flow: Flow): Flow | undefined {
  const { source, destination, sourcePort, destinationPort, icmp } = flow;
  const icmpType = icmp && ECHO_REPLY.get(`${flow.protocol}/${icmp.type}`);
  if (icmp && icmpType === undefined) return undefined;
  return {
    source: destination,
    destination: source,
    protocol: flow.protocol,
    ...(destinationPort !== undefined && { sourcePort: destinationPort }),
    ...(sourcePort !== undefined && { destinationPort: sourcePort }),
    ...(icmpType !== undefined && { icmp: { type: icmpType, code: 0 } }),
  };
}

/** The types of echo replies, by protocol and type of the request. */
const ECHO_REPLY: ReadonlyMap<string, number> = new Map([
  [`${ICMP}/8`, 0],
  [`${ICMPV6}/128`, 129],
]);
