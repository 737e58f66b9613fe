/** Judges connections by compiled policy, and says what decided. */
import type { Step, Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import { ICMP, ICMPV6, TCP } from "../net/protocol.ts";
import type { Cluster } from "./cluster.ts";
import { passagesOf, reversed } from "./passage.ts";
import { Traversal } from "./traversal.ts";

/** The verdict of `cluster` on the connection that `flow` begins. */
export function judge(cluster: Cluster, flow: Flow): Verdict {
  const steps: Step[] = [];
  const replies: Step[] = [];
  for (const passage of passagesOf(cluster, flow)) {
    const request = new Traversal(cluster, passage, flow, "new");
    steps.push(...request.judge());
    const reply = replyTo(flow);
    if (!reply) continue;
    // Untracked policy sees replies too, those of tracked connections included.
    const untracked = reply.protocol === TCP ? "invalid" : "new";
    const tracking = request.untracked ? untracked : "established";
    const back = new Traversal(cluster, reversed(passage), reply, tracking);
    replies.push(...back.judge());
  }
  const all = [...steps, ...replies];
  return { action: all.some((step) => step.action === "Deny") ? "Deny" : "Allow", steps: all };
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
