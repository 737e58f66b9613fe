/** What becomes of each rule over all connections of a cluster: what it matches, decides, and loses. */
import type { Analysis } from "../analysis/analysis.ts";
import { ConnectionSet } from "../analysis/connection-set.ts";
import type { Pair } from "../analysis/match.ts";
import type { Sighting } from "../analysis/traversal.ts";
import type { Meeting } from "../analysis/walk.ts";
import { witness } from "../analysis/witness.ts";
import { once } from "../calc/once.ts";
import { objectKey } from "../explanation/object-key.ts";
import type { Action } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { Cover } from "./finding.ts";

/** A rule of a manifest that some connection matches, in a list that this connection comes to. */
export interface RuleUse {
  /** A connection that it matches, whether that gets to it or not. */
  readonly matched: Flow;
  /** One that gets to it; without it the rule decides nothing, and `loss` says why. */
  readonly reached?: Flow;
  readonly loss?: Loss;
}

/** How a rule loses everything that it matches. */
export interface Loss {
  /** Each that takes some of it, first seen first; together they take all of it. */
  readonly coveredBy: readonly Cover[];
  /** The keys of earlier rules that match exactly the same wherever this one is read. */
  readonly equals: ReadonlySet<string>;
}

const keys = new WeakMap<Decision, string>();

/** Names the rule of a manifest that decided, or the end of which tier, or what else did. */
function decisionKey(decision: Decision): string {
  const known = keys.get(decision);
  if (known !== undefined) return known;
  const key = writeKey(decision);
  keys.set(decision, key);
  return key;
}

function writeKey(decision: Decision): string {
  switch (decision.by) {
    case "rule":
      return `${objectKey(decision.policy)} ${decision.path}`;
    case "end-of-tier":
      return `${objectKey(decision.policy)} end of ${decision.tier}`;
    case "profile":
      return `Profile /${decision.profile} ${decision.path}`;
    default:
      return decision.by;
  }
}

/** What becomes of the rules that some connection matches, by `decisionKey`. */
export function ruleUses(analysis: Analysis): ReadonlyMap<string, RuleUse> {
  const uses = new Map<string, OpenUse>();
  analysis.observe(({ pair, meetings }) => {
    for (const { decision, matched, reached } of meetings) {
      const use = once(uses, decisionKey(decision), (): OpenUse => {
        return { decision, matched: someOf(matched, pair) };
      });
      if (!use.reached && !reached.isEmpty) use.reached = someOf(reached, pair);
    }
  });
  const losses = lossesOf(analysis, uses);
  return new Map(
    Array.from(uses, ([key, { matched, reached }]) => {
      const loss = losses.get(key);
      return [key, { matched, ...(reached && { reached }), ...(loss && { loss }) }];
    }),
  );
}

interface OpenUse {
  readonly decision: Decision;
  readonly matched: Flow;
  reached?: Flow;
}

interface OpenLoss {
  readonly coveredBy: Map<string, Cover>;
  /** Who matches the same wherever the rule matches anything, so far. */
  equals: ReadonlySet<string> | undefined;
  /** Who matches something where the rule is read and matches nothing. */
  readonly wider: Set<string>;
}

/** Looks a second time, at the rules that nothing gets to: few, and only they need their covers. */
function lossesOf(
  analysis: Analysis,
  uses: ReadonlyMap<string, OpenUse>,
): ReadonlyMap<string, Loss> {
  const lost = Array.from(uses).filter(([, { reached }]) => !reached);
  const losses = new Map(
    lost.map(([key]): [string, OpenLoss] => {
      return [key, { coveredBy: new Map(), equals: undefined, wider: new Set() }];
    }),
  );
  const byPolicy = Map.groupBy(losses, ([key]) => policyOf(uses.get(key)?.decision));
  if (lost.length > 0) {
    analysis.observe((sighting) => {
      const met = new Set(sighting.meetings.map(({ decision }) => decisionKey(decision)));
      for (const policy of policiesRead(analysis, sighting)) {
        for (const [key, loss] of byPolicy.get(policy) ?? []) {
          if (met.has(key)) see(loss, key, sighting);
          else for (const other of met) loss.wider.add(other);
        }
      }
    });
  }
  return new Map(
    Array.from(losses, ([key, { coveredBy, equals, wider }]) => {
      const same = equals?.difference(wider) ?? new Set<string>();
      return [key, { coveredBy: [...coveredBy.values()], equals: same }];
    }),
  );
}

function policyOf(decision: Decision | undefined): string {
  return decision?.by === "rule" ? objectKey(decision.policy) : "";
}

/** The policies of a list whose rules may be met. */
function policiesRead({ cluster }: Analysis, { endpoint, list, direction }: Sighting): string[] {
  const tiers = cluster.policies(endpoint, list);
  return tiers.flatMap((tier) => tier[direction].map(objectKey));
}

function see(loss: OpenLoss, key: string, { pair, meetings }: Sighting): void {
  const first = meetings.findIndex(({ decision }) => decisionKey(decision) === key);
  const own = matchedBy(meetings, key);
  const earlier = meetings.slice(0, first);
  const equal = new Set<string>();
  for (const cover of new Set(earlier.map(({ decision }) => decisionKey(decision)))) {
    if (matchedBy(earlier, cover).equals(own)) equal.add(cover);
  }
  loss.equals = loss.equals?.intersection(equal) ?? equal;
  addCovers(loss.coveredBy, own, meetings, pair);
}

function matchedBy(meetings: readonly Meeting[], key: string): ConnectionSet {
  const of = meetings.filter(({ decision }) => decisionKey(decision) === key);
  return ConnectionSet.union(of.map(({ matched }) => matched));
}

/** Adds whoever took some of `own` here, and nobody's name for what never came to the list. */
function addCovers(
  covers: Map<string, Cover>,
  own: ConnectionSet,
  meetings: readonly Meeting[],
  pair: Pair,
): void {
  let left = own;
  const add = (decision: Decision | undefined, action: Action, taken: ConnectionSet) => {
    const key = decision ? decisionKey(decision) : "";
    once(covers, key, () => ({ decision, action, taken: someOf(taken, pair) }));
  };
  for (const { action, decision, reached } of meetings) {
    if (action === "Log") continue;
    const taken = left.intersect(reached);
    if (taken.isEmpty) continue;
    left = left.subtract(taken);
    add(decision, action, taken);
  }
  if (!left.isEmpty) add(undefined, "Pass", left);
}

/** A connection of a set that has some. */
export function someOf(set: ConnectionSet, pair: Pair): Flow {
  const found = witness(set, pair);
  if (!found) throw new Error("an empty set has no connection");
  return found;
}
