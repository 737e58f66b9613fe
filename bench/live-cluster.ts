/**
 * A cluster as it runs in earnest, on one machine: `picket server` and a `picket agent` for each
 * node, processes of their own that speak HTTPS with each other, and a lab for the nodes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../src/control/sync/api-client.ts";
import { readKubeconfig } from "../src/control/sync/kubeconfig.ts";
import { modelOf } from "../src/core/model/convert.ts";
import type { LoadedResource } from "../src/core/resources/read.ts";
import { Lab } from "../src/dataplane/lab/lab.ts";
import { topologyOf } from "../src/dataplane/lab/topology.ts";
import { PICKET, RunningCommand } from "./command.ts";
import { onInterruption } from "./interruption.ts";

const ENFORCED = /^enforced revision (\d+)/;

export class LiveCluster {
  readonly #data = mkdtempSync(join(tmpdir(), "picket-bench-"));
  readonly #agents: RunningCommand[] = [];
  readonly #interruption = onInterruption(() => this.down());
  #server: RunningCommand | undefined;
  #client: ApiClient | undefined;
  #lab: Lab | undefined;

  private constructor() {}

  /** Resolves when the policy of `objects` is in force on every node. */
  static async up(objects: readonly LoadedResource[]): Promise<LiveCluster> {
    const cluster = new LiveCluster();
    try {
      await cluster.#serve(objects);
      await cluster.#police(objects);
      return cluster;
    } catch (error) {
      await cluster.down();
      throw error;
    }
  }

  get client(): ApiClient {
    if (!this.#client) throw new Error("the cluster has no server");
    return this.#client;
  }

  get lab(): Lab {
    if (!this.#lab) throw new Error("the cluster has no lab");
    return this.#lab;
  }

  /** When the last of the agents has said that this revision, or a newer one, is in force. */
  async enforcedAt(revision: number): Promise<number> {
    const lines = await Promise.all(
      this.#agents.map((agent) => agent.line(({ text }) => revisionIn(text) >= revision)),
    );
    return Math.max(...lines.map(({ at }) => at));
  }

  /** Ends the processes and removes the namespaces and the store. */
  async down(): Promise<void> {
    this.#interruption.forget();
    this.#client?.close();
    await Promise.all(this.#agents.map((agent) => agent.stop()));
    await this.#server?.stop();
    await this.#lab?.down();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #serve(objects: readonly LoadedResource[]): Promise<void> {
    this.#server = picket("server", "--port", "0", "--data", this.#data);
    await this.#server.line(({ text }) => text.startsWith("serving "));
    this.#client = new ApiClient(readKubeconfig(join(this.#data, "kubeconfig")));
    const applied = await this.#client.applyAll(objects.map(({ resource }) => resource));
    if (!applied.ok) throw new Error(applied.failure.message);
  }

  /** No workload is joined to a node that has no rules yet. */
  async #police(objects: readonly LoadedResource[]): Promise<void> {
    const lab = await Lab.prepare(topologyOf(modelOf(objects.map(({ resource }) => resource))));
    this.#lab = lab;
    for (const { name } of lab.topology.nodes) {
      const netns = lab.netnsOf(name);
      this.#agents.push(picket("agent", "--node", name, "--netns", netns, "--data", this.#data));
    }
    await this.enforcedAt(1);
    await lab.connect();
  }
}

function picket(...args: readonly string[]): RunningCommand {
  // The kubeconfig of whoever runs the bench is of another cluster.
  return new RunningCommand([...PICKET, ...args], { KUBECONFIG: "" });
}

function revisionIn(line: string): number {
  return Number(ENFORCED.exec(line)?.[1] ?? -1);
}
