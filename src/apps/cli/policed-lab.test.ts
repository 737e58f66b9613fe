import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { modelOf } from "../../core/model/convert.ts";
import { address } from "../../core/net/address.ts";
import { TCP } from "../../core/net/protocol.ts";
import { readManifests } from "../../core/resources/read.ts";
import type { Lab } from "../../dataplane/lab/lab.ts";
import type { ClusterState } from "../agent/cluster-view.ts";
import { type StateSource, sourceOf } from "../agent/node-calculation.ts";
import { PolicedLab } from "./policed-lab.ts";

const NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}";
const DENY = `{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: deny},
  spec: {selector: app == 'two', ingress: [{action: Deny}]}}`;
const FLOW = {
  source: address("10.0.0.1"),
  destination: address("10.0.0.2"),
  protocol: TCP,
  sourcePort: 1000,
  destinationPort: 80,
};

function pod(name: string, nodeName: string, ip: string): string {
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop,
    labels: {app: ${name}}}, spec: {nodeName: ${nodeName}}, status: {podIP: ${ip}}}`;
}

function stateOf(revision: number, ...manifests: readonly string[]): ClusterState {
  const { resources, errors } = readManifests([NAMESPACE, ...manifests].join("\n---\n"), "test");
  assert.deepEqual(errors, []);
  return { model: modelOf(resources.map(({ resource }) => resource)), revision, refused: [] };
}

/** A cluster that a lab follows, agents and all. */
class TestCluster {
  readonly #agents = new Map<string, (source: StateSource) => void>();
  #state: ClusterState;

  constructor(state: ClusterState) {
    this.#state = state;
  }

  readonly followNode = (node: string, enforce: (source: StateSource) => void): (() => void) => {
    this.#agents.set(node, enforce);
    enforce(sourceOf(this.#state, node));
    return () => this.#agents.delete(node);
  };

  become(state: ClusterState, lab: PolicedLab): void {
    this.#state = state;
    for (const [node, enforce] of this.#agents) enforce(sourceOf(state, node));
    lab.follow(state);
  }
}

describe("PolicedLab", { skip: requires({ root: true, tools: ["ip", "nft"] }) }, () => {
  it("polices a node that joins later, and one that goes is gone", async () => {
    const problems: string[] = [];
    const one = pod("one", "n1", "10.0.0.1");
    const two = pod("two", "n2", "10.0.0.2");
    const first = stateOf(1, one);
    const cluster = new TestCluster(first);
    const lab = await PolicedLab.up(first, {
      followNode: cluster.followNode,
      onProblem: (message) => problems.push(message),
      onLog: () => {},
      onTopology: () => {},
    });
    try {
      const fates: string[] = [];
      for (const [i, more] of [[two, DENY], [two], []].entries()) {
        cluster.become(stateOf(i + 2, one, ...more), lab);
        await lab.enforced(i + 2);
        const [packet] = await lab.send([FLOW]);
        fates.push(`${lab.health.map(({ node }) => node)}: ${packet?.outcome}`);
      }
      assert.deepEqual(fates, ["n1,n2: dropped", "n1,n2: delivered", "n1: delivered"]);
    } finally {
      await lab.down();
    }
    assert.deepEqual(
      problems.filter((message) => !message.startsWith("ulogd")),
      [],
    );
  });

  it("tries again when it could not follow the cluster", async () => {
    const problems: string[] = [];
    const shapes: Lab[] = [];
    let changed = Promise.withResolvers<void>();
    const one = pod("one", "n1", "10.0.0.1");
    const two = pod("two", "n1", "10.0.0.2");
    const first = stateOf(1, one);
    const cluster = new TestCluster(first);
    const lab = await PolicedLab.up(first, {
      followNode: cluster.followNode,
      onProblem: (message) => problems.push(message),
      onLog: () => {},
      onTopology: (shape) => {
        shapes.push(shape);
        changed.resolve();
      },
    });
    try {
      // In the way of the pod that is to come; the failure takes it away.
      execFileSync("ip", ["netns", "add", shapes[0]?.netnsOf("shop/two") ?? ""]);
      changed = Promise.withResolvers();
      cluster.become(stateOf(2, one, two), lab);
      await changed.promise;
      assert.match(problems.join("\n"), /^the lab cannot follow the cluster: /m);
      const [packet] = await lab.send([FLOW]);
      assert.equal(packet?.outcome, "delivered");
    } finally {
      await lab.down();
    }
  });
});
