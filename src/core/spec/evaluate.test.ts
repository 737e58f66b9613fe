import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostEndpoint, manifestOf, namespace, node, pod } from "../../../test/cluster.ts";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import type { Verdict } from "../model/verdict.ts";
import { evaluate } from "./evaluate.ts";

/** n1 has pods a (10.0.1.1) and b (10.0.1.2), n2 has c (10.0.2.1); hosts are 192.168.0.1 and .2. */
const CLUSTER = manifestOf(
  namespace("x"),
  node("n1", "192.168.0.1", "fd00::1"),
  node("n2", "192.168.0.2"),
  pod("x/a", "n1", ["10.0.1.1", "fd00:1::1"]),
  pod("x/b", "n1", ["10.0.1.2"]),
  pod("x/c", "n2", ["10.0.2.1"]),
);

const A = "10.0.1.1";
const B = "10.0.1.2";
const C = "10.0.2.1";
const HOST1 = "192.168.0.1";
const HOST2 = "192.168.0.2";
const OUTSIDE = "8.8.8.8";

function host(name: string, onNode: string, interfaceName: string, profile?: string): string {
  return manifestOf(
    hostEndpoint(name, onNode, { interfaceName, profiles: profile ? [profile] : [] }),
  );
}

function globalPolicy(name: string, selector: string, spec: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: ${name} }
spec: { selector: "${selector}", ${spec} }
`;
}

const ANY = "[{ action: Allow }]";
const NONE = "[{ action: Deny }]";
const ETH1 = host("eth1", "n1", "eth0");
const ETH2 = host("eth2", "n2", "eth0");
const ALL1 = host("all1", "n1", "*");

/** Policies, a connection, and what it meets: each step as `endpoint list direction action why`. */
const ROWS: readonly (readonly [
  what: string,
  manifests: readonly string[],
  flow: string,
  ...outcome: string[],
])[] = [
  // §10: both ends.
  [
    "pods of one node: egress, then ingress",
    [],
    `${A} ${B} TCP 80`,
    "Allow",
    "x/a normal egress Allow profile",
    "x/b normal ingress Allow profile",
  ],
  [
    "pods of two nodes, hosts without endpoints",
    [],
    `${A} ${C} TCP 80`,
    "Allow",
    "x/a normal egress Allow profile",
    "x/c normal ingress Allow profile",
  ],
  [
    "each side answers, whatever the other says",
    [globalPolicy("p", "app == 'a'", `egress: ${NONE}`)],
    `${A} ${C} TCP 80`,
    "Deny",
    "x/a normal egress Deny rule",
    "x/c normal ingress Allow profile",
  ],
  [
    "a pod to itself through a service meets both",
    [],
    `${A} ${A} TCP 80`,
    "Allow",
    "x/a normal egress Allow profile",
    "x/a normal ingress Allow profile",
  ],
  ["outside to outside is not ours", [], `${OUTSIDE} 9.9.9.9 TCP 80`, "Allow"],
  [
    "VXLAN out of a pod",
    [],
    `${A} ${C} UDP 4789`,
    "Deny",
    "x/a normal egress Deny encapsulation",
    "x/c normal ingress Allow profile",
  ],
  ["IPIP out of a pod", [], `${A} ${OUTSIDE} 4`, "Deny", "x/a normal egress Deny encapsulation"],
  // §9.5 and §9.6: hosts.
  [
    "a pod to its own host",
    [],
    `${A} ${HOST1} TCP 80`,
    "Deny",
    "x/a normal egress Allow profile",
    "x/a normal egress Deny endpoint-to-host",
  ],
  [
    "neighbour discovery to its own host",
    [globalPolicy("p", "all()", `egress: ${NONE}`)],
    "fd00:1::1 fd00::1 ICMPv6 135/0",
    "Allow",
    "x/a normal egress Allow neighbour-discovery",
  ],
  [
    "router advertisements are not in the list",
    [],
    "fd00:1::1 fd00::1 ICMPv6 134/0",
    "Deny",
    "x/a normal egress Allow profile",
    "x/a normal egress Deny endpoint-to-host",
  ],
  [
    "a host to its own pod is never policed",
    [ALL1, globalPolicy("p", "all()", `ingress: ${NONE}, egress: ${NONE}`)],
    `${HOST1} ${A} TCP 80`,
    "Allow",
  ],
  [
    "a host to a pod elsewhere",
    [ETH1],
    `${HOST1} ${C} TCP 80`,
    "Deny",
    "eth1 normal egress Deny no-profile",
    "x/c normal ingress Allow profile",
  ],
  [
    "failsafe ports of both hosts",
    [ETH1, ETH2],
    `${HOST1} ${HOST2} TCP 179`,
    "Allow",
    "eth1 normal egress Allow failsafe",
    "eth2 normal ingress Allow failsafe",
  ],
  [
    "inbound failsafe ports are not outbound ones",
    [ETH1, ETH2],
    `${HOST1} ${HOST2} TCP 22`,
    "Deny",
    "eth1 normal egress Deny no-profile",
    "eth2 normal ingress Allow failsafe",
  ],
  [
    "a host to itself, by lo and so by `*`",
    [ETH1, host("all1", "n1", "*", "projectcalico-default-allow")],
    `${HOST1} ${HOST1} TCP 80`,
    "Allow",
    "all1 normal egress Allow profile",
    "all1 normal ingress Allow profile",
  ],
  // §9.1: binding.
  [
    "the lowest name governs an interface",
    [host("zz", "n1", "eth0"), ETH1, ALL1],
    `${OUTSIDE} ${HOST1} TCP 80`,
    "Deny",
    "eth1 normal ingress Deny no-profile",
  ],
  [
    "without a name, the interface with an expected address",
    [
      `
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: by-ip }
spec: { node: n1, expectedIPs: [${HOST1}] }
`,
    ],
    `${OUTSIDE} ${HOST1} TCP 80`,
    "Deny",
    "by-ip normal ingress Deny no-profile",
  ],
  // §9.4: forwarded traffic.
  [
    "forwarded traffic without forward policy is allowed",
    [ETH2],
    `${OUTSIDE} ${C} TCP 80`,
    "Allow",
    "eth2 forward ingress Allow forward-default",
    "x/c normal ingress Allow profile",
  ],
  [
    "applyOnForward policy governs it, and failsafe ports do not help",
    [ETH2, globalPolicy("p", "has(host)", "applyOnForward: true, types: [Ingress]")],
    `${OUTSIDE} ${C} TCP 22`,
    "Deny",
    "eth2 forward ingress Deny end-of-tier",
    "x/c normal ingress Allow profile",
  ],
  [
    "forward policy of the other direction only",
    [ETH2, globalPolicy("p", "has(host)", `applyOnForward: true, egress: ${NONE}`)],
    `${OUTSIDE} ${C} TCP 80`,
    "Allow",
    "eth2 forward ingress Allow forward-default",
    "x/c normal ingress Allow profile",
  ],
  [
    "`*` meets pods of one node on both sides",
    [ALL1, globalPolicy("p", "has(host)", `applyOnForward: true, ingress: ${ANY}, egress: ${ANY}`)],
    `${A} ${B} TCP 80`,
    "Allow",
    "all1 forward ingress Allow rule",
    "x/a normal egress Allow profile",
    "x/b normal ingress Allow profile",
    "all1 forward egress Allow rule",
  ],
  // §9.2 and §9.3: pre-DNAT.
  [
    "pre-DNAT Allow skips normal host policy",
    [ETH1, globalPolicy("p", "has(host)", `preDNAT: true, applyOnForward: true, ingress: ${ANY}`)],
    `${OUTSIDE} ${HOST1} TCP 80`,
    "Allow",
    "eth1 preDNAT ingress Allow rule",
  ],
  [
    "pre-DNAT Allow does not skip the pod's policy",
    [
      ETH1,
      globalPolicy("p", "has(host)", `preDNAT: true, applyOnForward: true, ingress: ${ANY}`),
      globalPolicy("q", "app == 'a'", `ingress: ${NONE}`),
    ],
    `${OUTSIDE} ${A} TCP 80`,
    "Deny",
    "eth1 preDNAT ingress Allow rule",
    "x/a normal ingress Deny rule",
  ],
  [
    "pre-DNAT policy without a match has no say",
    [ETH1, globalPolicy("p", "has(host)", "preDNAT: true, applyOnForward: true, types: [Ingress]")],
    `${OUTSIDE} ${HOST1} TCP 80`,
    "Deny",
    "eth1 preDNAT ingress None no-match",
    "eth1 normal ingress Deny no-profile",
  ],
  // §9.2: untracked, and its replies.
  [
    "untracked Allow both ways",
    [
      ETH1,
      globalPolicy(
        "p",
        "has(host)",
        `doNotTrack: true, applyOnForward: true, ingress: ${ANY}, egress: ${ANY}`,
      ),
    ],
    `${OUTSIDE} ${HOST1} TCP 80`,
    "Allow",
    "eth1 untracked ingress Allow rule",
    "eth1 untracked egress Allow rule",
  ],
  [
    "untracked Allow without the reply's is no connection",
    [
      ETH1,
      globalPolicy("p", "has(host)", `doNotTrack: true, applyOnForward: true, ingress: ${ANY}`),
    ],
    `${OUTSIDE} ${HOST1} TCP 80`,
    "Deny",
    "eth1 untracked ingress Allow rule",
    "eth1 untracked egress None no-match",
    "eth1 normal egress Deny invalid-state",
  ],
  [
    "a UDP reply is judged anew",
    [
      ETH1,
      globalPolicy("p", "has(host)", `doNotTrack: true, applyOnForward: true, ingress: ${ANY}`),
      globalPolicy("q", "has(host)", `egress: ${ANY}`),
    ],
    `${OUTSIDE} ${HOST1} UDP 80`,
    "Allow",
    "eth1 untracked ingress Allow rule",
    "eth1 untracked egress None no-match",
    "eth1 normal egress Allow rule",
  ],
  [
    "untracked Deny drops replies of tracked connections",
    [
      host("eth1", "n1", "eth0", "projectcalico-default-allow"),
      globalPolicy("p", "has(host)", `doNotTrack: true, applyOnForward: true, ingress: ${NONE}`),
    ],
    `${HOST1} ${OUTSIDE} TCP 80`,
    "Deny",
    "eth1 untracked egress None no-match",
    "eth1 normal egress Allow profile",
    "eth1 untracked ingress Deny rule",
  ],
  [
    "untracked policy of `*` is ignored",
    [
      host("all1", "n1", "*", "projectcalico-default-allow"),
      globalPolicy("p", "has(host)", `doNotTrack: true, applyOnForward: true, ingress: ${NONE}`),
    ],
    `${OUTSIDE} ${HOST1} TCP 80`,
    "Allow",
    "all1 normal ingress Allow profile",
  ],
];

describe("evaluate", () => {
  for (const [what, manifests, flow, ...outcome] of ROWS) {
    it(what, () => {
      const verdict = evaluate(modelFrom(CLUSTER, ...manifests), flowFrom(flow));
      assert.deepEqual(describeVerdict(verdict), outcome);
    });
  }
});

function describeVerdict({ action, steps }: Verdict): string[] {
  const lines = steps.map(({ endpoint, list, direction, action, decision }) =>
    [endpoint, list, direction, action, decision.by].join(" "),
  );
  return [action, ...lines];
}
