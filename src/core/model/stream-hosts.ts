/** Nodes and host endpoints of a stream, the hosts that they make, and how hosts are configured. */

import { compareAddresses } from "../net/address.ts";
import type { FelixConfigurationResource } from "../resources/felix-configuration.ts";
import { byName } from "../text/byte-order.ts";
import { configurationsOf } from "./convert-configuration.ts";
import { hostsOf, type LabelledNode } from "./convert-host.ts";
import type { Host, HostEndpoint } from "./endpoint.ts";
import { isSameLabels } from "./labels.ts";
import type { Model, Problem } from "./model.ts";
import type { ModelUpdate } from "./update.ts";

/** What holds on every node, and on those that differ. */
export type Configurations = Pick<Model, "configuration" | "nodeConfigurations">;

interface Configured {
  readonly configurations: Configurations;
  readonly problems: readonly Problem[];
}

/** Keeps all of them: they are few, and mean something only together. */
export class StreamHosts {
  readonly #tell: (update: ModelUpdate) => void;
  readonly #nodes = new Map<string, LabelledNode>();
  readonly #endpoints = new Map<string, HostEndpoint>();
  readonly #written = new Map<string, FelixConfigurationResource>();
  /** What is worked out of them, until they change. */
  #sortedNodes: readonly LabelledNode[] | undefined;
  #hosts: readonly Host[] | undefined;
  #configured: Configured | undefined;

  constructor(tell: (update: ModelUpdate) => void) {
    this.#tell = tell;
  }

  /** The same list as long as no node is another than before. */
  get nodes(): readonly LabelledNode[] {
    this.#sortedNodes ??= [...this.#nodes.values()].sort(byName);
    return this.#sortedNodes;
  }

  /** The same list as long as nothing that it comes from changes. */
  get hosts(): readonly Host[] {
    this.#hosts ??= hostsOf(this.nodes, [...this.#endpoints.values()]);
    return this.#hosts;
  }

  /** The same object as long as nothing that it comes from changes. */
  get configurations(): Configurations {
    return this.#configuration().configurations;
  }

  problems(): readonly Problem[] {
    return this.#configuration().problems;
  }

  /** The node as it is now. One that only says anew that it is well is none that changed. */
  setNode(key: string, node: LabelledNode): void {
    const before = this.#nodes.get(key);
    if (before && isSameNode(before, node)) return;
    this.#nodes.set(key, node);
    this.#nodesChanged();
  }

  setEndpoint(key: string, value: HostEndpoint): void {
    this.#endpoints.set(key, value);
    this.#hosts = undefined;
    this.#tell({ part: "hostEndpoint", key, value });
  }

  setConfiguration(key: string, resource: FelixConfigurationResource): void {
    this.#written.set(key, resource);
    this.#configured = undefined;
  }

  /** Reports whether it was there. */
  delete(key: string): boolean {
    if (this.#nodes.delete(key)) {
      this.#nodesChanged();
      return true;
    }
    if (this.#endpoints.delete(key)) {
      this.#hosts = undefined;
      this.#tell({ part: "hostEndpoint", key, value: undefined });
      return true;
    }
    if (!this.#written.delete(key)) return false;
    this.#configured = undefined;
    return true;
  }

  get holdings() {
    return {
      nodes: this.#nodes.size,
      hostEndpoints: this.#endpoints.size,
      configurations: this.#written.size,
    };
  }

  #nodesChanged(): void {
    this.#sortedNodes = undefined;
    this.#hosts = undefined;
    this.#configured = undefined;
  }

  #configuration(): Configured {
    if (!this.#configured) {
      const problems: Problem[] = [];
      const configurations = configurationsOf([...this.#written.values()], this.nodes, problems);
      this.#configured = { configurations, problems };
    }
    return this.#configured;
  }
}

function isSameNode(a: LabelledNode, b: LabelledNode): boolean {
  return (
    isSameLabels(a.labels, b.labels) &&
    a.addresses.length === b.addresses.length &&
    a.addresses.every((one, i) => {
      const other = b.addresses[i];
      return other !== undefined && compareAddresses(one, other) === 0;
    })
  );
}
