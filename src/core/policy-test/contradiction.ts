/** Assertions that cannot both hold: one wants allowed what another wants denied. */
import { ConnectionSet } from "../analysis/connection-set.ts";
import { witness } from "../analysis/witness.ts";
import type { PolicyTestResource } from "../resources/policy-test.ts";
import { type AskedRequest, askedOf, formatMessage, formatRequest, requestsOf } from "./ask.ts";
import type { TestedCluster } from "./cluster.ts";
import { formatEnd, type Target } from "./end.ts";
import { assertionsOf, byTestName } from "./run.ts";
import { keyOf, type PlacedAssertion, pairsOf, type Sides, sidesOf } from "./sides.ts";

/** Where an assertion is written. */
export interface AssertionPlace extends PlacedAssertion {
  readonly test: PolicyTestResource;
}

/** Two assertions, and a connection of which they want different things. */
export interface Contradiction {
  readonly allow: AssertionPlace;
  readonly deny: AssertionPlace;
  /** In words: `TCP port 80 from shop/web (10.0.0.1) to shop/db (10.0.0.2)`. */
  readonly connection: string;
}

interface Resolved extends AssertionPlace, Sides {
  readonly sourceKeys: ReadonlySet<string>;
  readonly targetKeys: ReadonlySet<string>;
}

/** Every pair of assertions of the tests that contradict each other, in the order of the tests. */
export function contradictionsOf(
  cluster: TestedCluster,
  tests: readonly PolicyTestResource[],
): Contradiction[] {
  const resolved = byTestName(tests).flatMap((test) =>
    assertionsOf(test).flatMap((placed) => resolve(cluster, { ...placed, test })),
  );
  const wanting = (expect: "allow" | "deny"): Resolved[] =>
    resolved.filter(({ assertion }) => assertion.expect === expect);
  const denying = wanting("deny");
  return wanting("allow").flatMap((allow) =>
    denying.flatMap((deny) => {
      const connection = sharedConnection(allow, deny);
      return connection === undefined ? [] : [{ allow, deny, connection }];
    }),
  );
}

/** An assertion that is about nobody contradicts none. */
function resolve(cluster: TestedCluster, place: AssertionPlace): Resolved[] {
  const sides = sidesOf(cluster, place);
  if ("by" in sides) return [];
  return [
    {
      ...place,
      ...sides,
      sourceKeys: new Set(sides.sources.map(({ address }) => JSON.stringify(address))),
      targetKeys: new Set(sides.targets.map(keyOf)),
    },
  ];
}

function sharedConnection(a: Resolved, b: Resolved): string | undefined {
  const requests = sharedRequests(a, b);
  if (!requests) return undefined;
  const sources = a.sources.filter(({ address }) => b.sourceKeys.has(JSON.stringify(address)));
  const targets = a.targets.filter((target) => b.targetKeys.has(keyOf(target)));
  const family = a.assertion.family ?? b.assertion.family;
  if (family !== (b.assertion.family ?? family)) return undefined;
  const either = { ...a.assertion, ...(family !== undefined && { family }) };
  const shared = new Map(targets.map((to) => [to, asked(a, to).intersect(asked(b, to))]));
  const contested = targets.filter((to) => !shared.get(to)?.isEmpty);
  for (const { from, to } of pairsOf(either, { sources, targets: contested })) {
    const ends = { source: from.address, destination: to.address };
    const flow = witness(shared.get(to) ?? ConnectionSet.none, ends);
    if (!flow) continue;
    const [request] = requests;
    const what = request ? `${formatRequest(request)} over ` : "";
    return `${what}${formatMessage(flow)} from ${formatEnd(from)} to ${formatEnd(to)}`;
  }
  return undefined;
}

/** Requests that both send; none for two assertions about connections; undefined for nothing shared. */
function sharedRequests(a: Resolved, b: Resolved): readonly AskedRequest[] | undefined {
  const [mine, theirs] = [requestsOf(a.assertion), requestsOf(b.assertion)];
  if (mine.length === 0 && theirs.length === 0) return [];
  const texts = new Set(theirs.map(formatRequest));
  const shared = mine.filter((request) => texts.has(formatRequest(request)));
  return shared.length > 0 ? shared : undefined;
}

function asked({ assertion }: Resolved, to: Target): ConnectionSet {
  const found = askedOf(assertion, to);
  return "connections" in found ? found.connections : ConnectionSet.none;
}
