/** Policy tests against the kernel: their connections as real packets, in a lab of the cluster. */
import { formatMessage } from "../../core/policy-test/ask.ts";
import type { TestedCluster } from "../../core/policy-test/cluster.ts";
import { formatEnd } from "../../core/policy-test/end.ts";
import type { AssertionResult, TestResult } from "../../core/policy-test/result.ts";
import { type Sample, samplesOf } from "../../core/policy-test/sample.ts";
import { sourceOf } from "../agent/node-calculation.ts";
import { PolicedLab } from "./policed-lab.ts";
import type { Terminal } from "./terminal.ts";
import type { Packet } from "./tour.ts";

/** How the kernel belies an assertion that holds as the engine reads policy. */
export interface PacketFailure {
  /** In a sentence. */
  readonly message: string;
}

/** What the packets of a lab have shown. */
export interface PacketFindings {
  readonly sent: number;
  readonly failures: ReadonlyMap<AssertionResult, PacketFailure>;
}

/** A revision for a lab whose cluster never changes. */
const ONLY = 1;

/**
 * Builds the cluster, enforces its policy on every node, and sends a packet of each sort between each
 * pair of ends of every assertion that holds. The lab is gone when the promise settles.
 */
export async function sendPackets(
  { tell }: Pick<Terminal, "tell">,
  cluster: TestedCluster,
  results: readonly TestResult[],
): Promise<PacketFindings> {
  const state = { model: cluster.model, revision: ONLY, refused: [] };
  const lab = await PolicedLab.up(state, {
    followNode: (node, enforce) => {
      enforce(sourceOf(state, node));
      return () => {};
    },
    onProblem: (message) => tell(`picket: ${message}`),
    onLog: () => {},
    onTopology: () => {},
  });
  const remove = (): void => lab.downNow();
  process.on("exit", remove);
  try {
    await lab.enforced(ONLY);
    const failures = new Map<AssertionResult, PacketFailure>();
    let sent = 0;
    for (const { test, assertions } of results) {
      const { namespace = "default" } = test.metadata;
      for (const result of assertions) {
        if (result.failure) continue;
        const samples = samplesOf(cluster, { ...result, namespace });
        const packets = await lab.send(samples.map(({ flow }) => flow));
        sent += packets.length;
        const failure = packetFailure(result, samples, packets);
        if (failure) failures.set(result, failure);
      }
    }
    return { sent, failures };
  } finally {
    process.off("exit", remove);
    await lab.down();
  }
}

/** What is wrong with the first packet that has another fate than asserted. */
export function packetFailure(
  { assertion: { expect } }: Pick<AssertionResult, "assertion">,
  samples: readonly Sample[],
  packets: readonly Packet[],
): PacketFailure | undefined {
  for (const [i, packet] of packets.entries()) {
    const sample = samples[i];
    if (!sample) continue;
    const what = `${formatMessage(packet.flow)} from ${formatEnd(sample.from)} to ${formatEnd(sample.to)}`;
    const why = packet.detail === "" ? "" : ` (${packet.detail})`;
    if (packet.outcome === "unsent") return { message: `a packet was not sent${why}: ${what}` };
    const isThrough = packet.outcome === "delivered" && packet.answered !== false;
    if (isThrough === (expect === "allow")) continue;
    const fate = isThrough ? "a packet got through" : "a packet did not get through";
    return {
      message: `expected to be ${expect === "allow" ? "allowed" : "denied"}, but ${fate}${why}: ${what}`,
    };
  }
  return undefined;
}
