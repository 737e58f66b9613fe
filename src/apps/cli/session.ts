/**
 * A cluster of manifests, up on this machine: its objects in a store that is served, and as root a
 * lab in which its policy is enforced.
 */
import { StorageSyncer } from "../../control/sync/storage-syncer.ts";
import { KINDS, VERDICT_KINDS } from "../../core/resources/kinds.ts";
import type { LoadedResource } from "../../core/resources/read.ts";
import type { PolicyLog } from "../../dataplane/flows/policy-log.ts";
import { type ClusterState, followCluster } from "../agent/cluster-view.ts";
import { followNode } from "../agent/node-calculation.ts";
import type { ControlPlane } from "../server/control-plane.ts";
import { PolicedLab } from "./policed-lab.ts";
import { forgetRunningLab, writeRunningLab } from "./running.ts";
import { openStore, type ServingOptions, serve } from "./serving.ts";
import type { Terminal } from "./terminal.ts";
import type { Stage } from "./tour.ts";
import { findOthers, putObjects, removeLeftovers, takeBackObjects } from "./writes.ts";

export interface SessionOptions extends ServingOptions {
  /** The objects that make the cluster; those of a cluster before that are not among them go. */
  readonly cluster: readonly LoadedResource[];
  /** Told of each packet that a Log rule notes. */
  readonly onLog: (log: PolicyLog) => void;
}

/** A cluster that is served and, as root, built and policed in a lab. */
export interface Session {
  readonly url: string;
  readonly stage: Stage;
  /** Removes the lab and closes the store. */
  readonly close: () => Promise<void>;
}

/** Resolves when the cluster's policy is in force. Throws CommandFailure. */
export async function openSession(terminal: Terminal, options: SessionOptions): Promise<Session> {
  const plane = await openStore(terminal, options.data);
  const cluster = new FollowedCluster(plane);
  let lab: PolicedLab | undefined;
  const removeLab = (): void => lab?.downNow();
  const close = async (): Promise<void> => {
    cluster.stop();
    await lab?.down();
    process.off("exit", removeLab);
    if (lab) forgetRunningLab(options.data);
    await plane.close();
  };
  try {
    removeLeftovers(plane, options.cluster);
    await putObjects(plane, options.cluster, "picket-lab");
    const others = findOthers(plane, options.cluster);
    if (others.length > 0) {
      terminal.tell(`objects that are not of this example stay: ${others.join(", ")}`);
    }
    // The first agent is written while the API starts.
    const serving = serve(plane, options);
    // Awaited below; a failure before that is no fault.
    serving.catch(() => {});
    process.on("exit", removeLab);
    if (terminal.isRoot) {
      const state = await cluster.at(plane.storage.revision);
      lab = await PolicedLab.up(state, {
        followNode: (node, enforce) =>
          followNode(new StorageSyncer(plane.storage, VERDICT_KINDS), node, enforce),
        onProblem: (message) => terminal.tell(`picket: ${message}`),
        onLog: (_node, log) => options.onLog(log),
        onTopology: ({ id, topology }) => writeRunningLab(options.data, { id, topology }),
      });
      const { follow } = lab;
      cluster.onState = follow.bind(lab);
      // The API may have been written to while the lab came up.
      lab.follow(await cluster.at(plane.storage.revision));
    }
    const url = await serving;
    return { url, stage: stageOf(plane, cluster, lab, others.length === 0), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The store's objects as a model, state by state. */
class FollowedCluster {
  /** Told of each new state. */
  onState: (state: ClusterState) => void = () => {};
  #state: ClusterState | undefined;
  #arrived = Promise.withResolvers<void>();
  readonly stop: () => void;

  constructor(plane: ControlPlane) {
    this.stop = followCluster(new StorageSyncer(plane.storage, KINDS), (state) => {
      this.#state = state;
      this.onState(state);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
  }

  /** The cluster at this revision or a newer one. */
  async at(revision: number): Promise<ClusterState> {
    for (;;) {
      if (this.#state && this.#state.revision >= revision) return this.#state;
      await this.#arrived.promise;
    }
  }
}

function stageOf(
  plane: ControlPlane,
  cluster: FollowedCluster,
  lab: PolicedLab | undefined,
  isOurs: boolean,
): Stage {
  const { storage } = plane;
  return {
    put: async (resources) => {
      const before = await putObjects(plane, resources, "picket-tour");
      await cluster.at(storage.revision);
      await lab?.enforced(storage.revision);
      return before;
    },
    takeBack: async (before) => takeBackObjects(plane, before),
    model: async () => (await cluster.at(storage.revision)).model,
    ...(lab && { packets: lab }),
    isOurs,
  };
}
