/** Judges pairs of ends against what is asserted of them; those that nothing tells apart once. */
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
import { judged } from "./judged.ts";
import type { Witness } from "./result.ts";
import { keyOf, type Pair, type Party } from "./sides.ts";

/** What is asked of a target. */
export interface AskedOfTarget {
  readonly asked: Asked;
  /** Whether it is wrong, by source class and relation: one map for targets alike. */
  readonly answers: Map<string, boolean>;
}

/** The judge of one assertion. */
export class PairJudge {
  readonly #analysis: Analysis;
  readonly #assertion: PolicyAssertion;
  readonly #requests: readonly AskedRequest[];
  readonly #asked = new Map<Party, AskedOfTarget>();
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

  /**
   * Whether all pairs of sources of this one's class and targets with its answers are alike: nodes do
   * not matter, nor, as for requests, who somebody is beyond the address.
   */
  isOfMany({ from, to }: Pair): boolean {
    const relation = this.#analysis.relationOf(from.peer, to.peer);
    return this.#requests.length === 0 && relation === "any";
  }

  isWrong(pair: Pair): boolean {
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
