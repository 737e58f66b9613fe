import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { modelOf } from "../../core/model/convert.ts";
import { address } from "../../core/net/address.ts";
import { TCP } from "../../core/net/protocol.ts";
import { readManifests } from "../../core/resources/read.ts";
import type { ClusterState } from "../agent/cluster-view.ts";
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

describe("PolicedLab", { skip: requires({ root: true, tools: ["ip", "nft"] }) }, () => {
  it("polices a node that joins later, and one that goes is gone", async () => {
    const problems: string[] = [];
    const one = pod("one", "n1", "10.0.0.1");
    const two = pod("two", "n2", "10.0.0.2");
    const lab = await PolicedLab.up(stateOf(1, one), {
      onProblem: (message) => problems.push(message),
      onLog: () => {},
      onTopology: () => {},
    });
    try {
      const fates: string[] = [];
      for (const [i, more] of [[two, DENY], [two], []].entries()) {
        lab.follow(stateOf(i + 2, one, ...more));
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
});
