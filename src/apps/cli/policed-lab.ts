/** A lab with an agent on each of its nodes: the cluster's policy, kept in force on real packets. */
import { formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import type { PolicyLog } from "../../dataplane/flows/policy-log.ts";
import { PolicyLogs } from "../../dataplane/flows/policy-logs.ts";
import { Lab } from "../../dataplane/lab/lab.ts";
import { sweepStaleLabs } from "../../dataplane/lab/sweep.ts";
import { type LabTopology, topologyOf } from "../../dataplane/lab/topology.ts";
import type { Nft } from "../../dataplane/nft/nft.ts";
import { nftCommand } from "../../dataplane/nft/nft-command.ts";
import type { ClusterState } from "../agent/cluster-view.ts";
import { Enforcer } from "../agent/enforcer.ts";
import type { AgentHealth } from "../agent/health.ts";
import { readInterfaces } from "../agent/interfaces.ts";
import type { StateSource } from "../agent/node-calculation.ts";
import { CommandFailure, EXIT } from "./exit.ts";
import type { Packet, PacketStage } from "./tour.ts";

export interface PolicedLabOptions {
  /**
   * Calls `enforce` with what a node is to enforce, soon and whenever it is something else; returns
   * what ends that.
   */
  readonly followNode: (node: string, enforce: (source: StateSource) => void) => () => void;
  /** Told of what keeps policy from being in force, or logs from being seen. */
  readonly onProblem: (message: string) => void;
  /** Told of each packet that a Log rule notes. */
  readonly onLog: (node: string, log: PolicyLog) => void;
  /** Told of the lab's shape whenever it has changed. */
  readonly onTopology: (lab: Lab) => void;
}

interface NodeAgent {
  readonly nft: Nft;
  readonly enforcer: Enforcer;
  readonly unfollow: () => void;
  readonly logs: PolicyLogs;
}

/** How long a logged packet may take to show up. */
const LOG_PATIENCE_MS = 2000;
/** How long after a failure the lab is changed once more. */
const RETRY_MS = 1000;

export class PolicedLab implements PacketStage {
  readonly #options: PolicedLabOptions;
  readonly #agents = new Map<string, NodeAgent>();
  readonly #seen: PolicyLog[] = [];
  #lab: Lab;
  /** The shape to have; undefined when the lab goes. */
  #shape: string | undefined;
  #onSeen = (): void => {};
  #change: Promise<void>;
  #retry: NodeJS.Timeout | undefined;

  private constructor(lab: Lab, options: PolicedLabOptions) {
    this.#lab = lab;
    this.#options = options;
    this.#shape = shapeOf(lab.topology);
    this.#change = Promise.resolve();
  }

  /** Removes what dead processes left, then builds the lab of `state` and polices it. */
  static async up(state: ClusterState, options: PolicedLabOptions): Promise<PolicedLab> {
    sweepStaleLabs();
    const lab = await Lab.prepare(topologyOf(state.model));
    const policed = new PolicedLab(lab, options);
    try {
      // No workload is joined to a node that has no rules yet.
      await policed.#staff();
      await lab.connect();
    } catch (error) {
      await policed.down();
      throw error;
    }
    options.onTopology(lab);
    return policed;
  }

  /** From now on this is the cluster: its pods are built or removed. Agents follow by themselves. */
  follow(state: ClusterState): void {
    const topology = topologyOf(state.model);
    if (shapeOf(topology) === this.#shape) return;
    this.#shape = shapeOf(topology);
    this.#reach(topology);
  }

  /** Resolves when every node enforces this revision, and the lab has its shape. */
  async enforced(revision: number): Promise<void> {
    await this.#change;
    await Promise.all(
      Array.from(this.#agents.values(), ({ enforcer }) => enforcer.enforced(revision)),
    );
  }

  get health(): readonly AgentHealth[] {
    return Array.from(this.#agents.values(), ({ enforcer }) => enforcer.health);
  }

  async send(flows: readonly Flow[]): Promise<readonly Packet[]> {
    return this.#lab.probeAll(
      flows.map((flow) => ({ ...flow, from: this.#lab.placeOf(flow.source) })),
    );
  }

  async logged(flow: Flow, policy: string): Promise<readonly string[] | undefined> {
    const ready = await Promise.all(Array.from(this.#agents.values(), ({ logs }) => logs.ready));
    if (ready.includes(false)) return undefined;
    const until = performance.now() + LOG_PATIENCE_MS;
    for (;;) {
      const names = this.#seen.filter((log) => isSame(log.flow, flow)).map((log) => log.rule.name);
      const left = until - performance.now();
      if (names.includes(policy) || left <= 0) return [...new Set(names)];
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#onSeen = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Ends the agents and removes every namespace. */
  async down(): Promise<void> {
    this.#shape = undefined;
    clearTimeout(this.#retry);
    await this.#change;
    await Promise.all(Array.from(this.#agents.values(), stopAgent));
    await this.#lab.down();
  }

  /** Removes every namespace at once, as the last thing a process does. */
  downNow(): void {
    this.#lab.down();
  }

  /** Tried again until it succeeds or the cluster has another shape. */
  #reach(topology: LabTopology): void {
    clearTimeout(this.#retry);
    this.#change = this.#change.then(async () => {
      if ((await this.#reshape(topology)) || shapeOf(topology) !== this.#shape) return;
      this.#retry = setTimeout(() => this.#reach(topology), RETRY_MS);
    });
  }

  /** A node that is new has its rules before its workloads are joined to it. */
  async #reshape(topology: LabTopology): Promise<boolean> {
    const { workloads } = topology;
    const policed = workloads.filter(({ node }) => this.#agents.has(node));
    try {
      await this.#lab.update({ ...topology, workloads: policed });
      await this.#staff();
      if (policed.length < workloads.length) await this.#lab.update(topology);
      this.#options.onTopology(this.#lab);
      return true;
    } catch (error) {
      this.#options.onProblem(`the lab cannot follow the cluster: ${String(error)}`);
      return false;
    }
  }

  /** Every node has an agent that knows the newest state, and agents of nodes that went are gone. */
  async #staff(): Promise<void> {
    const names = new Set(this.#lab.topology.nodes.map(({ name }) => name));
    for (const [name, agent] of this.#agents) {
      if (names.has(name)) continue;
      this.#agents.delete(name);
      await stopAgent(agent);
    }
    const missing = [...names].filter((name) => !this.#agents.has(name));
    await Promise.all(missing.map((name) => this.#startAgent(name)));
  }

  async #startAgent(node: string): Promise<void> {
    const netns = this.#lab.netnsOf(node);
    const nft = nftCommand({ netns });
    const logs = new PolicyLogs({
      netns,
      onLog: (log) => {
        this.#options.onLog(node, log);
        this.#seen.push(log);
        if (this.#seen.length > 1000) this.#seen.shift();
        this.#onSeen();
      },
      onProblem: this.#options.onProblem,
    });
    let isInTrouble = false;
    const enforcer = new Enforcer({
      node,
      nft,
      interfaces: () => readInterfaces(netns),
      onHealth: ({ lastError }) => {
        if (lastError !== undefined) this.#options.onProblem(`agent of ${node}: ${lastError}`);
        else if (isInTrouble) this.#options.onProblem(`agent of ${node}: policy is in force again`);
        isInTrouble = lastError !== undefined;
      },
    });
    if (!(await enforcer.closeIfBare())) {
      await stopAgent({ nft, enforcer, logs, unfollow: () => {} });
      throw new CommandFailure(EXIT.refused, `no rules for ${node}: ${enforcer.health.lastError}`);
    }
    const unfollow = this.#options.followNode(node, (source) => enforcer.enforce(source));
    this.#agents.set(node, { nft, enforcer, logs, unfollow });
    // Else a step could log packets that nobody sees yet.
    await logs.ready;
  }
}

async function stopAgent({ nft, enforcer, logs, unfollow }: NodeAgent): Promise<void> {
  unfollow();
  await Promise.all([enforcer.stop(), logs.stop()]);
  await nft.close();
}

function shapeOf(topology: LabTopology): string {
  return JSON.stringify(topology);
}

function isSame(a: Flow, b: Flow): boolean {
  return (
    formatAddress(a.source) === formatAddress(b.source) &&
    formatAddress(a.destination) === formatAddress(b.destination) &&
    a.protocol === b.protocol &&
    a.sourcePort === b.sourcePort &&
    a.destinationPort === b.destinationPort
  );
}
