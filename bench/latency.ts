/**
 * The claim: a change is in force within 50 ms of its being sent, at the median. Server and agents
 * are processes of their own; the client is this one, on a connection that is open. Two clocks:
 * until the agents of all nodes say that the revision is in force, and until a packet shows it.
 *
 * Changes come one at a time. Between rounds of them the cluster rests for a while at random, so
 * that some meet an agent that tidies up. Not said here: clusters larger than the article's, changes
 * that come together, networks between machines.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { networkPolicy } from "../src/core/resources/network-policy.ts";
import { type Change, readCluster, roundOfChanges } from "./changes.ts";
import { type Figure, median, percentile } from "./figure.ts";
import { LiveCluster } from "./live-cluster.ts";
import { PacketWatch } from "./packet-watch.ts";

/** Of eight changes each: 200 for each clock. */
const ROUNDS = 25;
const WARM_UP_ROUNDS = 3;
const LONGEST_REST_MS = 3000;

interface Taken {
  readonly kind: string;
  /** Until the API has answered. */
  readonly answered: number;
  /** Until the agents of all nodes say that it is in force. */
  readonly said: number;
  /** Until what is waited for has come. */
  readonly inForce: number;
}

/** Makes one change, and says when what is waited for has come. */
type Clock = (cluster: LiveCluster, change: Change) => Promise<Taken>;

export async function measure(tell: (line: string) => void): Promise<readonly Figure[]> {
  if (process.getuid?.() !== 0) throw new Error("this bench writes the kernel's rules: needs root");
  tell("setting up: a server, a lab, an agent for each node");
  const cluster = await LiveCluster.up(readCluster());
  try {
    const watch = new PacketWatch(cluster.lab);
    const untilPacket: Clock = (_, change) => shown(cluster, watch, change);
    for (let i = 0; i < WARM_UP_ROUNDS; i++) await takeRound(cluster, untilPacket);
    tell(`measuring: ${ROUNDS} rounds of changes until the agents say so`);
    const said = await takeRounds(cluster, untilSaid);
    tell(`measuring: ${ROUNDS} rounds of changes until a packet shows it`);
    const seen = await takeRounds(cluster, untilPacket);
    const later = seen.map((one) => one.inForce - one.said);
    return [
      ...figuresOf("agents say it is in force", said),
      ...figuresOf("a packet shows it", seen),
      figure("a packet shows it, after agents say so, p50", median(later)),
      figure("a packet shows it, after agents say so, p99", percentile(later, 0.99)),
      figure("the API has answered, p50", median(said.map(({ answered }) => answered))),
    ];
  } finally {
    await cluster.down();
  }
}

async function takeRounds(cluster: LiveCluster, clock: Clock): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    taken.push(...(await takeRound(cluster, clock)));
    await sleep(Math.random() * LONGEST_REST_MS);
  }
  return taken;
}

async function takeRound(cluster: LiveCluster, clock: Clock): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const change of roundOfChanges()) taken.push(await clock(cluster, change));
  return taken;
}

async function untilSaid(cluster: LiveCluster, change: Change): Promise<Taken> {
  const start = performance.now();
  const { answered, revision } = await send(cluster, change);
  const said = (await cluster.enforcedAt(revision)) - start;
  return { kind: change.kind, answered: answered - start, said, inForce: said };
}

/** Nothing is subtracted: the packets are about a millisecond apart, and share a processor. */
async function shown(cluster: LiveCluster, watch: PacketWatch, change: Change): Promise<Taken> {
  const seen = watch.seenAt(change.shownBy, change.becomes);
  const start = performance.now();
  const [inForce, { answered, revision }] = await Promise.all([seen, send(cluster, change)]);
  if (inForce < start) throw new Error(`${change.kind}: packets fared so before the change`);
  // Nodes that the packet does not cross are to be done with it, too.
  const said = (await cluster.enforcedAt(revision)) - start;
  return { kind: change.kind, answered: answered - start, said, inForce: inForce - start };
}

/** When the answer came, and the revision that the store has reached with the change. */
async function send(
  { client }: LiveCluster,
  { kind, request }: Change,
): Promise<{ readonly answered: number; readonly revision: number }> {
  const answer = await client.send(request);
  const answered = performance.now();
  if (!answer.ok) throw new Error(`${kind}: ${answer.failure.message}`);
  // What answers a deletion names no revision, so the store is asked; agents do not wait for that.
  const policies = await client.list(networkPolicy, "production");
  if (!policies.ok) throw new Error(`${kind}: ${policies.failure.message}`);
  return { answered, revision: policies.value.revision };
}

function figuresOf(what: string, taken: readonly Taken[]): Figure[] {
  const times = taken.map(({ inForce }) => inForce);
  const kinds = Map.groupBy(taken, ({ kind }) => kind);
  return [
    figure(`${what}, p50`, median(times)),
    figure(`${what}, p99`, percentile(times, 0.99)),
    ...Array.from(kinds, ([kind, some]) =>
      figure(`${what}, ${kind}, p50`, median(some.map(({ inForce }) => inForce))),
    ),
  ];
}

function figure(name: string, value: number): Figure {
  return { bench: "latency", case: name, value, unit: "ms" };
}
