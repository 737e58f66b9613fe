import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelOf } from "../model/convert.ts";
import { address, type Family } from "../net/address.ts";
import { formatDecision } from "../verdict/format.ts";
import { type Analysis, analyse } from "./analysis.ts";
import { formatConnections } from "./format.ts";
import { type Peer, peerName } from "./peers.ts";
import { apartFromNets, unknownAddress } from "./unknown-addresses.ts";

type Manifest = Parameters<typeof modelOf>[0] extends Iterable<infer R> ? R : never;

const RED = "10.0.0.1";
const BLUE = "10.0.0.2";
const CLUSTER = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "prod" } },
  pod("red", RED, "node-1"),
  pod("blue", BLUE, "node-2"),
] as const;

describe("Analysis", () => {
  it("says which connections pass from one peer to another", () => {
    const analysis = analysisOf(
      policy("web", "color == 'blue'", [
        { action: "Deny", source: { nets: ["192.0.2.0/25"] } },
        { action: "Allow", protocol: "TCP", destination: { ports: ["80:81", 443] } },
        { action: "Allow", protocol: "ICMP", icmp: { type: 8 } },
      ]),
    );
    assert.equal(between(analysis, RED, BLUE), "TCP 80-81, 443; ICMP 8");
    assert.equal(between(analysis, "192.0.2.1", BLUE), "none");
    assert.equal(between(analysis, "192.0.2.128", BLUE), "TCP 80-81, 443; ICMP 8");
    assert.equal(between(analysis, BLUE, RED), "all but UDP 4789; protocol 4");
    assert.equal(between(analysis, RED, "fd00::1"), "none");
  });

  it("cuts the outside exactly where rules name nets, and joins what they do not tell apart", () => {
    const nets = ["192.0.2.0/25", "192.0.2.128/25", "203.0.113.7/32"];
    const analysis = analysisOf(policy("in", "all()", [{ action: "Allow", source: { nets } }]));
    assert.deepEqual(outside(analysis, 4), [
      "0.0.0.0-192.0.1.255",
      "192.0.2.0-192.0.2.255",
      "192.0.3.0-203.0.113.6",
      "203.0.113.7-203.0.113.7",
      "203.0.113.8-255.255.255.255",
    ]);
    assert.deepEqual(outside(analysis, 6), ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]);
  });

  it("has no range of which every address is somebody's", () => {
    const nets = ["10.0.0.1/32", "10.0.0.2/32"];
    const analysis = analysisOf(policy("in", "all()", [{ action: "Allow", source: { nets } }]));
    assert.deepEqual(outside(analysis, 4), ["0.0.0.0-255.255.255.255"]);
  });

  it("puts peers together that nothing tells apart, whatever their nodes", () => {
    const analysis = analysisOf(pod("twin", "10.0.0.3", "node-3", "red"));
    const classes = analysis.classes.filter(({ kind }) => kind === "workload");
    assert.deepEqual(
      classes.map(({ peers }) => peers.map(peerName)),
      [["prod/blue", "prod/red", "prod/twin"]],
    );
    const told = analysisOf(
      pod("twin", "10.0.0.3", "node-3", "red"),
      policy("blue", "color == 'blue'", []),
    ).classes.filter(({ kind }) => kind === "workload");
    assert.deepEqual(
      told.map(({ peers }) => peers.map(peerName)),
      [["prod/blue"], ["prod/red", "prod/twin"]],
    );
  });

  it("names every pair of peers in exactly one cell, or in none when nothing passes", () => {
    const analysis = analysisOf(
      ...["node-1", "node-2"].map((name, i) => node(name, `172.16.0.${i + 1}`)),
      pod("twin", "10.0.0.3", "node-1", "red"),
      policy("web", "color == 'blue'", [{ action: "Allow", protocol: "TCP" }]),
    );
    const found = new Map<string, string>();
    for (const { from, to, relation, connections } of analysis.cells()) {
      for (const a of from.peers) {
        for (const b of to.peers) {
          if (a === b || analysis.relationOf(a, b) !== relation) continue;
          const pair = `${peerName(a)} ${peerName(b)}`;
          assert.ok(!found.has(pair), pair);
          found.set(pair, `${connections}`);
        }
      }
    }
    for (const a of analysis.peers) {
      for (const b of analysis.peers) {
        if (a === b || (a.kind === "outside" && b.kind === "outside")) continue;
        const set = analysis.connections(a, b);
        const expected = set.isEmpty ? undefined : `${set}`;
        assert.equal(found.get(`${peerName(a)} ${peerName(b)}`), expected);
      }
    }
  });

  it("asks whether a workload's host is its own", () => {
    const analysis = analysisOf(node("node-1", "172.16.0.1"), node("node-2", "172.16.0.2"));
    assert.equal(between(analysis, RED, "172.16.0.1"), "ICMPv6 130-133, 135-136");
    assert.equal(between(analysis, RED, "172.16.0.2"), "all but UDP 4789; protocol 4");
    assert.equal(between(analysis, "172.16.0.1", RED), "all");
  });

  it("opens failsafe ports to the nets that settings say", () => {
    const failsafeInboundHostPorts = [{ protocol: "TCP", port: 22, net: "192.0.2.0/25" }];
    const analysis = analysisOf(
      node("node-1", "172.16.0.1"),
      hostEndpoint("node-1", "172.16.0.1"),
      felixConfiguration({ failsafeInboundHostPorts, failsafeOutboundHostPorts: [] }),
    );
    assert.equal(between(analysis, "192.0.2.127", "172.16.0.1"), "TCP 22");
    assert.equal(between(analysis, "192.0.2.128", "172.16.0.1"), "none");
  });

  it("lets answers of untracked connections decide as well", () => {
    const untracked = { order: 1, doNotTrack: true, applyOnForward: true, selector: "all()" };
    const rules = [{ action: "Allow", protocol: "TCP", destination: { ports: [8080] } }];
    const answers = [{ action: "Allow", protocol: "TCP", source: { ports: [8080] } }];
    const both = (egress: readonly object[]) =>
      between(
        analysisOf(
          node("node-1", "172.16.0.1"),
          hostEndpoint("node-1", "172.16.0.1"),
          felixConfiguration({ failsafeInboundHostPorts: [], failsafeOutboundHostPorts: [] }),
          globalPolicy("raw", { ...untracked, ingress: rules, egress }),
        ),
        "192.0.2.1",
        "172.16.0.1",
      );
    assert.equal(both(answers), "TCP 8080");
    assert.equal(both([]), "none");
  });

  it("divides a pair's connections by what decides them", () => {
    const analysis = analysisOf(
      policy("web", "color == 'blue'", [{ action: "Allow", protocol: "TCP" }]),
    );
    const parts = analysis.verdicts(at(analysis, RED), at(analysis, BLUE));
    const lines = parts.map(({ action, connections, steps }) => {
      const last = steps.at(-1);
      return [action, formatConnections(connections), last && formatDecision(last.decision)];
    });
    assert.deepEqual(lines, [
      ["Deny", "UDP 4789; protocol 4", "end of tier default"],
      ["Allow", "TCP", "NetworkPolicy prod/web rule 1"],
      ["Deny", "all but TCP; UDP 4789; protocol 4", "end of tier default"],
    ]);
  });

  it("finds a workload of unknown address by its labels, and by no net", () => {
    const { workloads, ...rest } = modelOf([
      ...CLUSTER,
      policy("out", "all()", [
        { action: "Allow", protocol: "TCP", source: { nets: ["0.0.0.0/0"] } },
        { action: "Allow", protocol: "UDP", source: { selector: "color == 'red'" } },
      ]),
    ]);
    const model = {
      ...rest,
      workloads: workloads.map((endpoint, i) =>
        endpoint.name === "red" ? { ...endpoint, addresses: [unknownAddress(4, i)] } : endpoint,
      ),
    };
    const analysis = analyse(model);
    const red = analysis.peers.find((peer) => peerName(peer) === "prod/red");
    assert.ok(red);
    const blue = at(analysis, BLUE);
    assert.equal(formatConnections(analysis.connections(red, blue)), "UDP 0-4788, 4790-65535");
    assert.equal(between(analysis, "0.1.2.3", BLUE), "TCP");
    assert.deepEqual(outside(analysis, 4), ["0.0.0.0-255.255.255.255"]);
    assert.equal(apartFromNets(analysis.model).policies.length, 1);
  });

  it("refuses peers of another analysis", () => {
    const [one, other] = [analysisOf(), analysisOf()];
    assert.throws(() => one.connections(at(other, RED), at(other, BLUE)), /another analysis/);
  });
});

function analysisOf(...manifests: readonly object[]): Analysis {
  return analyse(modelOf([...CLUSTER, ...manifests] as Manifest[]));
}

function at(analysis: Analysis, text: string): Peer {
  return analysis.peerAt(address(text));
}

function between(analysis: Analysis, from: string, to: string): string {
  return formatConnections(analysis.connections(at(analysis, from), at(analysis, to)));
}

function outside({ peers }: Analysis, family: Family): string[] {
  return peers
    .filter((peer) => peer.kind === "outside" && peer.address.family === family)
    .map(peerName);
}

function pod(name: string, ip: string, nodeName: string, color = name): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "prod", labels: { color } },
    spec: { nodeName, containers: [{ name: "main" }] },
    status: { phase: "Running", podIPs: [{ ip }] },
  };
}

function node(name: string, internal: string): Manifest {
  const status = { addresses: [{ type: "InternalIP", address: internal }] };
  return { apiVersion: "v1", kind: "Node", metadata: { name }, status };
}

function hostEndpoint(node: string, expectedIP: string): object {
  return calico("HostEndpoint", { name: node }, { node, expectedIPs: [expectedIP] });
}

function policy(name: string, selector: string, ingress: readonly object[]): Manifest {
  const metadata = { name, namespace: "prod" };
  return calico("NetworkPolicy", metadata, { selector, types: ["Ingress"], ingress });
}

function globalPolicy(name: string, spec: object): object {
  return calico("GlobalNetworkPolicy", { name }, { types: ["Ingress", "Egress"], ...spec });
}

function felixConfiguration(spec: object): object {
  return calico("FelixConfiguration", { name: "default" }, spec);
}

function calico(kind: string, metadata: object, spec: object): Manifest {
  return { apiVersion: "projectcalico.org/v3", kind, metadata, spec } as Manifest;
}
