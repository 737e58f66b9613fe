/** Judges an assertion: every connection from everyone on one side to everyone on the other. */
import type { Analysis } from "../analysis/analysis.ts";
import { ConnectionSet } from "../analysis/connection-set.ts";
import { witness } from "../analysis/witness.ts";
import { once } from "../calc/once.ts";
import type { PolicyAssertion } from "../resources/policy-test-spec.ts";
import {
  type Asked,
  type AskedRequest,
  askedOf,
  asksEverything,
  flowsTo,
  requestsOf,
} from "./ask.ts";
import type { TestedCluster } from "./cluster.ts";
import type { Target } from "./end.ts";
import { judged } from "./judged.ts";
import type { AssertionResult, Failure, Witness } from "./result.ts";
import { keyOf, type Pair, type Party, type PlacedAssertion, pairsOf, sidesOf } from "./sides.ts";

const NO_PAIR =
  "nobody of `from` can connect to anybody of `to`: they are one and the same, or have no address " +
  "family in common";

/** Judges every pair of ends, to say of how many it does not hold. Pairs alike are judged once. */
export function judgeAssertion(cluster: TestedCluster, placed: PlacedAssertion): AssertionResult {
  const { assertion, path } = placed;
  const failed = (pairs: number, failure: Failure) => ({ assertion, path, pairs, failure });
  const sides = sidesOf(cluster, placed);
  if ("by" in sides) return failed(0, sides);
  const judge = new PairJudge(cluster.analysis, assertion);
  let pairs = 0;
  let wrong = 0;
  let first: Pair | undefined;
  for (const pair of pairsOf(assertion, sides)) {
    pairs++;
    const { asked } = judge.askedOf(pair.to);
    if ("unknownPort" in asked) {
      return failed(pairs, { by: "nobody", path: `${path}.ports`, message: asked.unknownPort });
    }
    if (!judge.isWrong(pair)) continue;
    first ??= pair;
    wrong++;
  }
  const shown = first && judge.witness(first);
  if (shown) return failed(pairs, { by: "verdict", witness: shown, others: wrong - 1 });
  if (pairs > 0 || assertion.allowEmpty) return { assertion, path, pairs };
  return failed(0, { by: "nobody", path, message: NO_PAIR });
}

/** What is asked of a target. */
interface AskedOfTarget {
  readonly asked: Asked;
  /** Whether it is wrong, by source class and relation: one map for targets alike. */
  readonly answers: Map<string, boolean>;
}

class PairJudge {
  readonly #analysis: Analysis;
  readonly #assertion: PolicyAssertion;
  readonly #requests: readonly AskedRequest[];
  readonly #asked = new Map<Target, AskedOfTarget>();
  readonly #answers = new Map<string, Map<string, boolean>>();

  constructor(analysis: Analysis, assertion: PolicyAssertion) {
    this.#analysis = analysis;
    this.#assertion = assertion;
    this.#requests = requestsOf(assertion);
  }

  askedOf(to: Party): AskedOfTarget {
    return once(this.#asked, to, () => {
      const asked = askedOf(this.#assertion, to);
      const set = "connections" in asked ? asked.connections.toString() : "";
      const where = to.via ? keyOf(to) : this.#analysis.classOf(to.peer).index;
      const answers = once(this.#answers, `${where} ${set}`, () => new Map<string, boolean>());
      return { asked, answers };
    });
  }

  isWrong(pair: Pair): boolean {
    // Who sends a request matters beyond the address.
    if (this.#requests.length > 0) return this.witness(pair) !== undefined;
    const { from, to } = pair;
    const { index } = this.#analysis.classOf(from.peer);
    const key = `${index} ${this.#analysis.relationOf(from.peer, to.peer)}`;
    return once(this.askedOf(to).answers, key, () => this.witness(pair) !== undefined);
  }

  /** A connection or request of the pair that is not as asserted, if there is one. */
  witness(pair: Pair): Witness | undefined {
    const { asked } = this.askedOf(pair.to);
    if ("unknownPort" in asked) return undefined;
    const { cluster } = this.#analysis;
    const requests = this.#requests;
    if (!pair.to.via && requests.length === 0) {
      const wrong = this.#wrongOf(pair, asked.connections);
      const ends = { source: pair.from.address, destination: pair.to.address };
      const flow = witness(wrong, ends);
      return flow && judged(cluster, pair, flow);
    }
    const wanted = this.#assertion.expect === "allow" ? "Allow" : "Deny";
    for (const flow of flowsTo(asked.connections, pair.from, pair.to)) {
      for (const request of requests.length > 0 ? requests : [undefined]) {
        const found = judged(cluster, pair, flow, request);
        if (found.action !== wanted) return found;
      }
    }
    return undefined;
  }

  #wrongOf({ from, to }: Pair, asked: ConnectionSet): ConnectionSet {
    const allowed = this.#analysis.connections(from.peer, to.peer);
    if (this.#assertion.expect === "deny") return asked.intersect(allowed);
    const denied = asked.subtract(allowed);
    if (denied.isEmpty || !asksEverything(this.#assertion)) return denied;
    // What no workload may send, whatever policy says, is no part of everything.
    const tunnels = this.#analysis
      .verdicts(from.peer, to.peer)
      .filter(({ steps }) => steps.some(({ decision }) => decision.by === "encapsulation"))
      .map(({ connections }) => connections);
    return denied.subtract(ConnectionSet.union(tunnels));
  }
}
