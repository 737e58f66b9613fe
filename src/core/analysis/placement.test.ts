import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prefix } from "../net/address.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { readManifests } from "../resources/read.ts";
import { FullNet, ownerName, type Placement, placed } from "./placement.ts";

const deployment = (name: string, kind = "Deployment") =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: { template: { metadata: { labels: { app: ${name} } } } }`;
const pod = (name: string, rest: string, metadata = "") =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop${metadata} }\n${rest}`;
const ownedBy = (name: string) =>
  `, ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: ${name}, controller: true }]`;

describe("pods without a place", () => {
  it("have addresses that no net holds, of IPv4 when nothing says more", () => {
    const found = placement(deployment("a"), deployment("b"));
    assert.deepEqual(addresses(found), { "shop/a": ["0.0.0.2"], "shop/b": ["0.0.0.3"] });
    assert.deepEqual(found.unknown.map(ownerName), ["shop/a[Deployment]", "shop/b[Deployment]"]);
  });

  it("have the families of the pods whose addresses are known", () => {
    const known = pod("k", "status: { podIPs: [{ ip: 10.0.0.1 }, { ip: 'fd00::1' }] }");
    assert.deepEqual(addresses(placement(known, deployment("a"))), {
      "shop/a": ["0.0.0.2", "::2"],
      "shop/k": ["10.0.0.1", "fd00::1"],
    });
  });

  it("have free addresses of the nets that are given", () => {
    const found = placed(
      read(pod("k", "status: { podIP: 10.0.0.1 }"), deployment("a"), deployment("b")),
      [prefix("10.0.0.0/29")],
    );
    assert.deepEqual(addresses(found)["shop/b"], ["10.0.0.3"]);
    assert.throws(() => placed(read(deployment("a")), [prefix("10.0.0.1/32")]), FullNet);
  });

  it("count once where a controller's pods are there", () => {
    const own = pod("a-x1", "status: { podIP: 10.0.0.1 }", ownedBy("a"));
    const found = placement(deployment("a", "ReplicaSet"), own);
    assert.deepEqual(Object.keys(addresses(found)), ["shop/a-x1"]);
  });

  it("are told apart when controllers share a name", () => {
    const found = placement(deployment("a"), deployment("a", "StatefulSet"));
    assert.deepEqual([...found.owners.values()].map(ownerName), [
      "shop/a[Deployment]",
      "shop/a[StatefulSet]",
    ]);
  });

  it("count as pods when they are of a node that nobody describes", () => {
    const hosted = pod(
      "h",
      "spec: { hostNetwork: true, nodeName: node-1 }\nstatus: { podIP: 10.0.0.1 }",
    );
    const node = "apiVersion: v1\nkind: Node\nmetadata: { name: node-1 }";
    assert.deepEqual(placement(hosted).onUnknownNodes.map(ownerName), ["shop/h[Pod]"]);
    assert.deepEqual(placement(hosted, node).onUnknownNodes, []);
  });

  it("count as their controller would start them when they have ended", () => {
    const ended = pod("job-x1", "status: { phase: Succeeded, podIP: 10.0.0.1 }", ownedBy("job"));
    assert.deepEqual(addresses(placement(ended)), { "shop/job": ["0.0.0.2"] });
  });
});

function placement(...manifests: string[]): Placement {
  return placed(read(...manifests));
}

function read(...manifests: string[]): AnyResource[] {
  const { resources, errors } = readManifests(manifests.join("\n---\n"), "f", {
    controllers: "as pods",
  });
  assert.deepEqual(errors, []);
  return resources.map(({ resource }) => resource);
}

function addresses({ resources }: Placement): Readonly<Record<string, readonly string[]>> {
  const pods = resources.filter((one) => one.kind === "Pod");
  const found = pods.map(({ metadata, status }) => {
    const known = status?.podIPs?.map(({ ip = "" }) => ip) ?? [status?.podIP ?? ""];
    return [`${metadata.namespace}/${metadata.name}`, known] as const;
  });
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}
