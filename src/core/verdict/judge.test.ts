import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelOf } from "../model/convert.ts";
import { address } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { hasPorts, parseProtocol } from "../net/protocol.ts";
import type { GlobalNetworkPolicySpec } from "../resources/global-network-policy.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { Cluster } from "./cluster.ts";
import { formatStep } from "./format.ts";
import { judge } from "./judge.ts";

/** One node with two pods; every other address is outside. */
const [RED, BLUE, NODE_1, OUTSIDE] = ["10.0.0.1", "10.0.0.2", "172.16.0.1", "192.0.2.1"];

const cluster: readonly AnyResource[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "prod" } },
  pod("red", "node-1", RED, "fd00::1"),
  pod("blue", "node-1", BLUE, "fd00::2"),
  node("node-1", NODE_1, "fd10::1"),
];

describe("judge: pods", () => {
  table([
    [
      "no policy: profiles allow",
      [],
      [RED, BLUE, "TCP 80"],
      "Allow",
      [
        "allow  egress of prod/red: profile kns.prod rule 1",
        "allow  ingress of prod/blue: profile kns.prod rule 1",
      ],
    ],
    [
      "a rule allows; the second counts as rule 2",
      [
        policy("web", {
          selector: "name == 'blue'",
          ingress: [{ action: "Deny", protocol: "UDP" }, allow("TCP", [80])],
        }),
      ],
      [OUTSIDE, BLUE, "TCP 80"],
      "Allow",
      ["allow  ingress of prod/blue: GlobalNetworkPolicy web rule 2"],
    ],
    [
      "no rule matches: end of tier",
      [policy("web", { selector: "name == 'blue'", ingress: [allow("TCP", [80])] })],
      [OUTSIDE, BLUE, "UDP 80"],
      "Deny",
      ["deny  ingress of prod/blue: end of tier default"],
    ],
    [
      "a Deny on the way does not hide the other side's answer",
      [policy("none", { types: ["Egress"] })],
      [RED, BLUE, "TCP 80"],
      "Deny",
      [
        "deny  egress of prod/red: end of tier default",
        "allow  ingress of prod/blue: profile kns.prod rule 1",
      ],
    ],
    [
      "Pass goes to the profiles",
      [
        policy("skip", { order: 1, ingress: [{ action: "Pass" }] }),
        policy("none", { order: 2, ingress: [] }),
      ],
      [OUTSIDE, BLUE, "TCP 80"],
      "Allow",
      ["allow  ingress of prod/blue: profile kns.prod rule 1"],
    ],
    [
      "a pod to its own host, policy or not",
      [],
      [RED, NODE_1, "TCP 80"],
      "Deny",
      [
        "allow  egress of prod/red: profile kns.prod rule 1",
        "deny  egress of prod/red: workloads' traffic to their own host",
      ],
    ],
    [
      "neighbour discovery to its own host, before policy",
      [policy("none", { types: ["Egress"] })],
      ["fd00::1", "fd10::1", "ICMPv6 135"],
      "Allow",
      ["allow  egress of prod/red: neighbour discovery"],
    ],
    [
      "a host to its own pod is not policed",
      [policy("none", {})],
      [NODE_1, RED, "TCP 80"],
      "Allow",
      [],
    ],
    [
      "VXLAN out of a pod",
      [],
      [RED, OUTSIDE, "UDP 4789"],
      "Deny",
      ["deny  egress of prod/red: workloads may not send tunnel packets"],
    ],
    [
      "addresses that nobody has",
      [policy("none", {})],
      [OUTSIDE, "192.0.2.2", "TCP 80"],
      "Allow",
      [],
    ],
  ]);
});

describe("judge: hosts", () => {
  const host = hostEndpoint("host", "eth0");
  const wildcard = hostEndpoint("every", "*");
  const hosts = "has(host)";
  const raw = { selector: hosts, doNotTrack: true, applyOnForward: true } as const;
  table([
    [
      "no policy: denied",
      [host],
      [OUTSIDE, NODE_1, "TCP 80"],
      "Deny",
      ["deny  ingress of host: no profile allows it"],
    ],
    [
      "a failsafe port",
      [host, policy("none", { selector: hosts })],
      [OUTSIDE, NODE_1, "TCP 22"],
      "Allow",
      ["allow  ingress of host: failsafe port"],
    ],
    [
      "out of it",
      [host],
      [NODE_1, OUTSIDE, "UDP 53"],
      "Allow",
      ["allow  egress of host: failsafe port"],
    ],
    [
      "forwarded traffic, without policy for it",
      [host, policy("none", { selector: hosts, ingress: [] })],
      [OUTSIDE, RED, "TCP 80"],
      "Allow",
      [
        "allow  forward ingress of host: no policy for forwarded traffic",
        "allow  ingress of prod/red: profile kns.prod rule 1",
      ],
    ],
    [
      "forwarded traffic has no failsafe ports",
      [host, policy("none", { selector: hosts, applyOnForward: true, ingress: [] })],
      [OUTSIDE, RED, "TCP 22"],
      "Deny",
      [
        "deny  forward ingress of host: end of tier default",
        "allow  ingress of prod/red: profile kns.prod rule 1",
      ],
    ],
    [
      "a wildcard sees pods' packets before and behind them",
      [wildcard],
      [RED, BLUE, "TCP 80"],
      "Allow",
      [
        "allow  forward ingress of every: no policy for forwarded traffic",
        "allow  egress of prod/red: profile kns.prod rule 1",
        "allow  ingress of prod/blue: profile kns.prod rule 1",
        "allow  forward egress of every: no policy for forwarded traffic",
      ],
    ],
    [
      "a pre-DNAT Allow skips normal policy",
      [
        host,
        policy("pre", {
          selector: hosts,
          preDNAT: true,
          applyOnForward: true,
          ingress: [allow("TCP", [80])],
        }),
      ],
      [OUTSIDE, NODE_1, "TCP 80"],
      "Allow",
      ["allow  preDNAT ingress of host: GlobalNetworkPolicy pre rule 1"],
    ],
    [
      "a pre-DNAT Allow does not open a pod",
      [
        host,
        policy("pre", {
          selector: hosts,
          preDNAT: true,
          applyOnForward: true,
          ingress: [allow("TCP", [80])],
        }),
        policy("shut", { selector: "name == 'red'", ingress: [] }),
      ],
      [OUTSIDE, RED, "TCP 80"],
      "Deny",
      [
        "allow  preDNAT ingress of host: GlobalNetworkPolicy pre rule 1",
        "deny  ingress of prod/red: end of tier default",
      ],
    ],
    [
      "untracked both ways",
      [
        host,
        policy("raw", { ...raw, ingress: [allow("TCP", [80])], egress: [{ action: "Allow" }] }),
      ],
      [OUTSIDE, NODE_1, "TCP 80"],
      "Allow",
      [
        "allow  untracked ingress of host: GlobalNetworkPolicy raw rule 1",
        "allow  untracked egress of host: GlobalNetworkPolicy raw rule 1",
      ],
    ],
    [
      "untracked one way: the reply of TCP belongs to no connection",
      [host, policy("raw", { ...raw, ingress: [allow("TCP", [80])] })],
      [OUTSIDE, NODE_1, "TCP 80"],
      "Deny",
      [
        "allow  untracked ingress of host: GlobalNetworkPolicy raw rule 1",
        "none  untracked egress of host: no rule matched",
        "deny  egress of host: reply of an untracked connection",
      ],
    ],
    [
      "untracked Deny drops replies of tracked connections",
      [
        hostEndpoint("host", "eth0", ["projectcalico-default-allow"]),
        policy("raw", { ...raw, ingress: [{ action: "Deny" }] }),
      ],
      [NODE_1, OUTSIDE, "TCP 80"],
      "Deny",
      [
        "none  untracked egress of host: no rule matched",
        "allow  egress of host: profile projectcalico-default-allow rule 1",
        "deny  untracked ingress of host: GlobalNetworkPolicy raw rule 1",
      ],
    ],
    [
      "untracked policy is not for a wildcard",
      [wildcard, policy("raw", { ...raw, ingress: [{ action: "Allow" }] })],
      [OUTSIDE, NODE_1, "TCP 80"],
      "Deny",
      ["deny  ingress of every: no profile allows it"],
    ],
  ]);
});

describe("judge: logs", () => {
  it("keeps the Log rules met on the way, and goes on", () => {
    const logged = policy("watch", {
      ingress: [{ action: "Log" }, { action: "Log" }, allow("TCP", [80])],
    });
    const { steps } = judge(
      new Cluster(modelOf([...cluster, logged])),
      flow(OUTSIDE, RED, "TCP 80"),
    );
    assert.deepEqual(
      steps.map((step) => step.logs.map((log) => log.rule)),
      [[0, 1]],
    );
  });
});

type Row = readonly [
  title: string,
  resources: readonly AnyResource[],
  connection: readonly [from: string, to: string, protocol: string],
  action: "Allow" | "Deny",
  steps: readonly string[],
];

function table(rows: readonly Row[]): void {
  for (const [title, resources, [from, to, protocol], action, steps] of rows) {
    it(`${title}: ${from} to ${to} ${protocol} ${action}`, () => {
      const verdict = judge(
        new Cluster(modelOf([...cluster, ...resources])),
        flow(from, to, protocol),
      );
      assert.deepEqual(verdict.steps.map(formatStep), steps);
      assert.equal(verdict.action, action);
    });
  }
}

/** `protocol` is `TCP 80`, `ICMPv6 135` (a type, code 0), or a protocol alone. */
function flow(from: string, to: string, text: string): Flow {
  const [name = "", number = "0"] = text.split(" ");
  const protocol = parseProtocol(name) ?? Number.NaN;
  const ends = { source: address(from), destination: address(to), protocol };
  if (name.startsWith("ICMP")) return { ...ends, icmp: { type: Number(number), code: 0 } };
  if (!hasPorts(protocol)) return ends;
  return { ...ends, sourcePort: 40_000, destinationPort: Number(number) };
}

type RuleSpec = NonNullable<GlobalNetworkPolicySpec["ingress"]>[number];

function allow(protocol: string, ports: number[]): RuleSpec {
  return { action: "Allow", protocol, destination: { ports } };
}

/** Governs the directions that it has rules for; ingress if none. */
function policy(name: string, spec: Partial<GlobalNetworkPolicySpec>): AnyResource {
  const types = [
    ...(spec.ingress || !spec.egress ? ["Ingress" as const] : []),
    ...(spec.egress ? ["Egress" as const] : []),
  ];
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkPolicy",
    metadata: { name },
    spec: { tier: "default", types, ...spec },
  };
}

function pod(name: string, nodeName: string, ...ips: string[]): AnyResource {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "prod", labels: { name } },
    spec: { nodeName },
    status: { podIPs: ips.map((ip) => ({ ip })) },
  };
}

function node(name: string, ...addresses: string[]): AnyResource {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: { addresses: addresses.map((address) => ({ type: "InternalIP", address })) },
  };
}

function hostEndpoint(name: string, interfaceName: string, profiles: string[] = []): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "HostEndpoint",
    metadata: { name, labels: { host: "" } },
    spec: { node: "node-1", interfaceName, expectedIPs: [NODE_1], profiles },
  };
}
