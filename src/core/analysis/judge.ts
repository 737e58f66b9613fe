/** Judges all connections between two addresses at once, as `verdict/judge.ts` judges one. */
import type { Step, Verdict } from "../model/verdict.ts";
import type { Cluster } from "../verdict/cluster.ts";
import { STATEFUL } from "../verdict/judge.ts";
import { type Passage, reversed } from "../verdict/passage.ts";
import { ConnectionSet } from "./connection-set.ts";
import type { Pair } from "./match.ts";
import { deniedOf, type Packets, type SetStep, Traversal, type Watch } from "./traversal.ts";

/** The steps of connections between two addresses, of their first packets and then of the answers. */
export function judge(
  cluster: Cluster,
  passages: readonly Passage[],
  { source, destination, known }: Pair,
  watch?: Watch,
): readonly SetStep[] {
  const requests = passages.map((passage) => {
    const traversal = new Traversal(cluster, passage, {
      ...NEW,
      source,
      destination,
      known,
      watch,
    });
    return { passage, steps: traversal.judge(), untracked: traversal.untracked };
  });
  const steps = requests.flatMap((request) => request.steps);
  const asked = ANSWERED.subtract(deniedBy(steps));
  if (asked.isEmpty) return steps;
  const replies = requests.toReversed().flatMap(({ passage, untracked }) => {
    const tracking = withoutEntry(untracked, asked);
    const pair = { source: destination, destination: source, known };
    const packets: Packets = { ...pair, ...tracking, role: "reply", asked, watch };
    return new Traversal(cluster, reversed(passage), packets).judge();
  });
  return [...steps, ...replies];
}

/** The connections that some step denies. */
export function deniedBy(steps: readonly SetStep[]): ConnectionSet {
  return ConnectionSet.union(steps.map(({ outcomes }) => deniedOf(outcomes)));
}

/** Connections that meet the same fate for the same reasons. */
export interface Part extends Pick<Verdict, "action"> {
  readonly connections: ConnectionSet;
  /** As `Verdict` has them. */
  readonly steps: readonly Omit<Step, "logs" | "pending">[];
}

/** All connections, told apart by what the steps say of them. */
export function partsOf(steps: readonly SetStep[]): readonly Part[] {
  let parts: readonly Part[] = [{ connections: ConnectionSet.all, action: "Allow", steps: [] }];
  for (const step of steps) parts = parts.flatMap((part) => divided(part, step));
  return parts;
}

/** What of a part meets each outcome of a step, and what does not come to that step. */
function divided(part: Part, { outcomes, ...where }: SetStep): Part[] {
  let left = part.connections;
  const parts: Part[] = [];
  for (const { connections, action, decision } of outcomes) {
    const met = left.intersect(connections);
    if (met.isEmpty) continue;
    left = left.subtract(met);
    parts.push({
      connections: met,
      action: action === "Deny" ? "Deny" : part.action,
      steps: [...part.steps, { ...where, action, decision }],
    });
  }
  return left.isEmpty ? parts : [...parts, { ...part, connections: left }];
}

const NEW: Omit<Packets, keyof Pair> = {
  role: "request",
  asked: ConnectionSet.all,
  established: ConnectionSet.none,
  invalid: ConnectionSet.none,
};

/** The connections that have an answer. */
const ANSWERED = ConnectionSet.all.answered();

/** All connections by a protocol whose replies connection tracking knows from first packets. */
const OF_STATEFUL = STATEFUL.map((protocol) => ConnectionSet.ofProtocol(protocol)).reduce((a, b) =>
  a.union(b),
);

/** What connection tracking makes of answers, some of whose requests it never saw. */
function withoutEntry(
  untracked: ConnectionSet,
  asked: ConnectionSet,
): Pick<Packets, "established" | "invalid"> {
  return { established: asked.subtract(untracked), invalid: untracked.intersect(OF_STATEFUL) };
}
