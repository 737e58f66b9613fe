/**
 * The tour of an example: each step's manifests are put in force, its connections judged and sent
 * as real packets, both compared, and the manifests taken back.
 */
import type { Model } from "../../core/model/model.ts";
import type { Verdict } from "../../core/model/verdict.ts";
import type { Flow } from "../../core/net/flow.ts";
import type { LoadedResource } from "../../core/resources/read.ts";
import { Cluster } from "../../core/verdict/cluster.ts";
import { judge } from "../../core/verdict/judge.ts";
import { flowOf } from "./question.ts";
import type { TourProbe } from "./tour-format.ts";
import type { Before } from "./writes.ts";

/** Where a tour takes place. */
export interface Stage {
  /** Admits the resources, all or none, and resolves when every agent enforces them. */
  readonly put: (resources: readonly LoadedResource[]) => Promise<readonly Before[]>;
  /** Undoes `put`. */
  readonly takeBack: (before: readonly Before[]) => Promise<void>;
  /** The cluster as it stands. */
  readonly model: () => Promise<Model>;
  /** The kernel's part; absent where nothing is enforced. */
  readonly packets?: PacketStage;
  /**
   * Nobody else has put anything there: verdicts are those that the tour expects. Elsewhere they
   * may be others, and rightly so.
   */
  readonly isOurs: boolean;
}

/** Where the packets of a tour are sent. */
export interface PacketStage {
  /** What became of the first packet of each flow; without a source port it has a fresh one. */
  readonly send: (flows: readonly Flow[]) => Promise<readonly Packet[]>;
  /**
   * The policies that logged a packet of the flow, once `policy` has, or after a while; undefined
   * where logged packets are not seen.
   */
  readonly logged: (flow: Flow, policy: string) => Promise<readonly string[] | undefined>;
}

/** What became of one packet. */
export interface Packet {
  readonly outcome: "delivered" | "dropped" | "unsent";
  /** Whether the answer came back, where one is always sent. */
  readonly answered?: boolean;
  /** For people: why it was not delivered. */
  readonly detail: string;
  /** The flow as it was sent. */
  readonly flow: Flow;
}

/** One connection of a step, and what became of it. */
export interface Shown {
  readonly probe: TourProbe;
  readonly flow: Flow;
  readonly verdict: Verdict;
  readonly packet?: Packet;
  /** The policies that logged it, where the tour expects one to. */
  readonly logged?: readonly string[];
  /** What is not as it should be, in words; empty when all agree. */
  readonly differences: readonly string[];
}

/** Takes one step. What it put in force is taken back in any case. */
export async function takeStep(
  stage: Stage,
  probes: readonly TourProbe[],
  resources: readonly LoadedResource[],
): Promise<Shown[]> {
  const before = await stage.put(resources);
  try {
    const model = await stage.model();
    const flows = probes.map((probe) => flowOf(model, probe));
    const packets = await stage.packets?.send(flows.map((flow, i) => toSend(flow, probes[i])));
    const cluster = new Cluster(model);
    const shown: Shown[] = [];
    for (const [i, probe] of probes.entries()) {
      const packet = packets?.[i];
      const flow = packet?.flow ?? flows[i];
      if (!flow) continue;
      const verdict = judge(cluster, flow);
      const logged =
        packet && probe.log !== undefined
          ? await stage.packets?.logged(flow, probe.log)
          : undefined;
      const found = {
        ...{ probe, flow, verdict },
        ...(packet && { packet }),
        ...(logged && { logged }),
      };
      shown.push({ ...found, differences: differencesOf(found, stage.isOurs) });
    }
    return shown;
  } finally {
    await stage.takeBack(before);
  }
}

/** A source port that nobody asked for is left to the sender: it knows which are fresh. */
function toSend({ sourcePort: _, ...flow }: Flow, probe: TourProbe | undefined): Flow {
  return probe?.sourcePort === undefined ? flow : { ...flow, sourcePort: probe.sourcePort };
}

function differencesOf(shown: Omit<Shown, "differences">, isAsExpected: boolean): string[] {
  const { probe, verdict, packet, logged } = shown;
  const differences: string[] = [];
  const allowed = verdict.action === "Allow";
  if (isAsExpected && allowed !== (probe.expect === "allow")) {
    differences.push(`expected ${probe.expect}`);
  }
  if (packet?.outcome === "unsent") differences.push(`not sent: ${packet.detail}`);
  else if (packet && allowed !== isThrough(packet)) differences.push("packet and verdict differ");
  if (isAsExpected && logged && probe.log !== undefined && !logged.includes(probe.log)) {
    differences.push(`not logged by ${probe.log}`);
  }
  return differences;
}

/** A connection needs its answer too. */
function isThrough({ outcome, answered }: Packet): boolean {
  return outcome === "delivered" && answered !== false;
}
