/** Judges an assertion: every connection from everyone on one side to everyone on the other. */
import type { Analysis } from "../analysis/analysis.ts";
import { ConnectionSet } from "../analysis/connection-set.ts";
import { witness } from "../analysis/witness.ts";
import type { Flow } from "../net/flow.ts";
import type { PolicyAssertion } from "../resources/policy-test-spec.ts";
import { type AskedRequest, askedOf, asksEverything, flowsTo, requestsOf } from "./ask.ts";
import type { TestedCluster } from "./cluster.ts";
import { judged } from "./judged.ts";
import type { AssertionResult, Failure, Witness } from "./result.ts";
import { type Pair, type PlacedAssertion, pairsOf, sidesOf } from "./sides.ts";

const NO_PAIR =
  "nobody of `from` can connect to anybody of `to`: they are one and the same, or have no address " +
  "family in common";

/** Judges every pair of ends, to say of how many it does not hold. */
export function judgeAssertion(cluster: TestedCluster, placed: PlacedAssertion): AssertionResult {
  const { assertion, path } = placed;
  const failed = (pairs: number, failure: Failure) => ({ assertion, path, pairs, failure });
  const sides = sidesOf(cluster, placed);
  if ("by" in sides) return failed(0, sides);
  let pairs = 0;
  let wrong = 0;
  let first: Witness | undefined;
  for (const pair of pairsOf(cluster.analysis.cluster, assertion, sides)) {
    pairs++;
    const found = wrongOf(cluster.analysis, assertion, pair);
    if (!found) continue;
    if ("unknownPort" in found) {
      return failed(pairs, { by: "nobody", path: `${path}.ports`, message: found.unknownPort });
    }
    first ??= found;
    wrong++;
  }
  if (first) return failed(pairs, { by: "verdict", witness: first, others: wrong - 1 });
  if (pairs > 0 || assertion.allowEmpty) return { assertion, path, pairs };
  return failed(0, { by: "nobody", path, message: NO_PAIR });
}

/** A connection or request of the pair that is not as asserted, if there is one. */
function wrongOf(
  analysis: Analysis,
  assertion: PolicyAssertion,
  pair: Pair,
): Witness | { readonly unknownPort: string } | undefined {
  const asked = askedOf(assertion, pair.to);
  if ("unknownPort" in asked) return asked;
  const requests = requestsOf(assertion);
  if (pair.to.via || requests.length > 0) {
    const flows = flowsTo(asked.connections, pair.from, pair.to);
    const wanted = assertion.expect === "allow" ? "Allow" : "Deny";
    return firstOther(analysis, pair, flows, requests, wanted);
  }
  const wrong = wrongConnections(analysis, assertion, pair, asked.connections);
  const flow = witness(wrong, { source: pair.from.address, destination: pair.to.address });
  return flow && judged(analysis.cluster, pair, flow);
}

function wrongConnections(
  analysis: Analysis,
  assertion: PolicyAssertion,
  { from, to }: Pair,
  asked: ConnectionSet,
): ConnectionSet {
  const [source, destination] = [from, to].map(({ address }) => analysis.peerAt(address));
  if (!source || !destination) return ConnectionSet.none;
  const allowed = analysis.connections(source, destination);
  if (assertion.expect === "deny") return asked.intersect(allowed);
  const denied = asked.subtract(allowed);
  if (denied.isEmpty || !asksEverything(assertion)) return denied;
  // What no workload may send, whatever policy says, is no part of everything.
  const tunnels = analysis
    .verdicts(source, destination)
    .filter(({ steps }) => steps.some(({ decision }) => decision.by === "encapsulation"))
    .map(({ connections }) => connections);
  return denied.subtract(ConnectionSet.union(tunnels));
}

/** The first of the flows, or of the requests in them, with another answer than `wanted`. */
function firstOther(
  { cluster }: Analysis,
  pair: Pair,
  flows: readonly Flow[],
  requests: readonly AskedRequest[],
  wanted: Witness["action"],
): Witness | undefined {
  for (const flow of flows) {
    for (const request of requests.length > 0 ? requests : [undefined]) {
      const found = judged(cluster, pair, flow, request);
      if (found.action !== wanted) return found;
    }
  }
  return undefined;
}
