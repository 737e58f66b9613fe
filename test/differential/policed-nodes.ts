/** The two nodes of random clusters as a lab, with the agent's own code on each. */
import { Enforcer } from "../../src/apps/agent/enforcer.ts";
import { readInterfaces } from "../../src/apps/agent/interfaces.ts";
import { followNode } from "../../src/apps/agent/node-calculation.ts";
import type { Syncer, SyncListener } from "../../src/control/sync/syncer.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { ICMP, ICMPV6, UDPLITE } from "../../src/core/net/protocol.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { resourceKey } from "../../src/core/resources/resource-key.ts";
import { Lab } from "../../src/dataplane/lab/lab.ts";
import type { ProbeResult } from "../../src/dataplane/lab/prober.ts";
import { topologyOf } from "../../src/dataplane/lab/topology.ts";
import { nftCommand } from "../../src/dataplane/nft/nft-command.ts";
import { node } from "../cluster.ts";
import { NODES } from "./universe.ts";

/** A lab with an enforcer for each node, both following one cluster after the other. */
export class PolicedNodes {
  readonly lab: Lab;
  readonly #enforcers: readonly Enforcer[];
  readonly #told = new ToldSyncer();
  readonly #close: () => Promise<void>;
  #revision = 0;

  private constructor(lab: Lab, enforcers: readonly Enforcer[], close: () => Promise<void>) {
    this.lab = lab;
    this.#enforcers = enforcers;
    this.#close = close;
    for (const enforcer of enforcers) {
      followNode(this.#told, enforcer.node, (source) => enforcer.enforce(source));
    }
  }

  static async open(): Promise<PolicedNodes> {
    const lab = await Lab.prepare(
      topologyOf(modelOf(NODES.map(({ name, v4, v6 }) => node(name, v4, v6)))),
    );
    const tables = NODES.map(({ name }) => ({
      node: name,
      nft: nftCommand({ netns: lab.netnsOf(name) }),
      interfaces: () => readInterfaces(lab.netnsOf(name)),
    }));
    const enforcers = tables.map((options) => new Enforcer(options));
    return new PolicedNodes(lab, enforcers, async () => {
      await Promise.all(enforcers.map((enforcer) => enforcer.stop()));
      await Promise.all(tables.map(({ nft }) => nft.close()));
      await lab.down();
    });
  }

  /** Makes lab and kernel those of these resources: the agents hear what differs, as from a server. */
  async become(resources: readonly AnyResource[]): Promise<void> {
    this.#revision++;
    await this.lab.update(topologyOf(modelOf(resources)));
    this.#told.become(resources, this.#revision);
    await Promise.all(this.#enforcers.map((enforcer) => enforcer.enforced(this.#revision)));
  }

  probe(flows: readonly Flow[]): Promise<ProbeResult[]> {
    return this.lab.probeAll(
      flows.map((flow) => ({ ...flow, from: this.lab.placeOf(flow.source) })),
    );
  }

  /**
   * Not every flow is a first packet to the kernel: connection tracking takes ICMP errors and
   * replies without a request for invalid, and UDP-Lite too, whose checksum it takes for UDP's.
   * What a workload sends to itself never leaves it.
   */
  canTry(flow: Flow): boolean {
    const { protocol, icmp, source } = flow;
    if (protocol === ICMP && icmp?.type !== 8) return false;
    if (protocol === ICMPV6 && icmp?.type !== 128) return false;
    if (protocol === UDPLITE) return false;
    return this.lab.placeOf(source) !== this.lab.placeOf(flow.destination);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

/** Tells its listeners what there is, and of another state what differs. */
class ToldSyncer implements Syncer {
  readonly #listeners: SyncListener[] = [];
  #known = new Map<string, AnyResource>();

  start(listener: SyncListener): void {
    this.#listeners.push(listener);
  }

  stop(): void {}

  become(resources: readonly AnyResource[], revision: number): void {
    const next = new Map(resources.map((resource) => [resourceKey(resource), resource]));
    const gone = [...this.#known.keys()].filter((key) => !next.has(key));
    const updates = [
      ...Array.from(next, ([key, resource]) => ({ key, resource })),
      ...gone.map((key) => ({ key, resource: undefined })),
    ];
    this.#known = next;
    for (const listen of this.#listeners) {
      listen({ updates, problems: [], inSync: true, revision });
    }
  }
}
