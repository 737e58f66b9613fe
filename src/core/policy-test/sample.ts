/** Connections to try an assertion with: one of each sort between each pair of ends. */
import { witness } from "../analysis/witness.ts";
import type { Flow } from "../net/flow.ts";
import { formatProtocol, icmpOf, SCTP, TCP, UDP } from "../net/protocol.ts";
import { askedOf, requestsOf } from "./ask.ts";
import type { TestedCluster } from "./cluster.ts";
import type { End } from "./end.ts";
import { type PlacedAssertion, pairsOf, sidesOf } from "./sides.ts";

/** The first packet of a connection that an assertion speaks of. */
export interface Sample {
  readonly from: End;
  readonly to: End;
  /** Without a source port where the assertion gives none. Services are passed by. */
  readonly flow: Flow;
}

/** None for an assertion about requests: no packet shows what becomes of those. */
export function samplesOf(cluster: TestedCluster, placed: PlacedAssertion): Sample[] {
  const { assertion } = placed;
  const sides = sidesOf(cluster, placed);
  if ("by" in sides || requestsOf(assertion).length > 0) return [];
  return Array.from(pairsOf(assertion, sides)).flatMap((pair) => {
    const ends = { source: pair.from.address, destination: pair.to.address };
    const usual = [TCP, UDP, SCTP, icmpOf(ends.source.family)].map((protocol) => ({
      protocol: formatProtocol(protocol),
    }));
    const everything = pair.to.via ? [undefined] : usual;
    return (assertion.ports ?? everything).flatMap((port) => {
      const { ports: _, ...rest } = assertion;
      const asked = askedOf({ ...rest, ...(port && { ports: [port] }) }, pair.to);
      const flow = "connections" in asked ? witness(asked.connections, ends) : undefined;
      if (!flow) return [];
      const { sourcePort: __, ...fresh } = flow;
      return [{ ...pair, flow: port && "sourcePort" in port ? flow : fresh }];
    });
  });
}
