import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { address, formatPrefix } from "../net/address.ts";
import { formatProtocol } from "../net/protocol.ts";
import type {
  ClusterNetworkPolicyEgressRule,
  ClusterNetworkPolicySpec,
} from "../resources/cluster-network-policy.ts";
import { parseSelector } from "../selector/parse.ts";
import { format } from "../selector/selector.ts";
import type { PeerContext, PeerOptions } from "./admin-peer.ts";
import { type AdminPolicyResource, convertAdminPolicy } from "./convert-admin-policy.ts";
import type { EntityMatch, Policy, Rule } from "./policy.ts";

const EVERY_POD: ClusterNetworkPolicySpec["subject"] = { namespaces: {} };
const KUBERNETES = "projectcalico.org/orchestrator == 'k8s'";
const IN_NAMESPACE = "has(projectcalico.org/namespace)";
const NODES: PeerContext["knownNodes"] = [
  { name: "n1", labels: new Map([["zone", "a"]]), addresses: [address("192.168.0.1")] },
  { name: "n2", labels: new Map([["zone", "b"]]), addresses: [address("192.168.0.2")] },
];

interface Converted {
  readonly policy: Policy | undefined;
  readonly problems: readonly string[];
}

function convert(resource: AdminPolicyResource, options: PeerOptions = {}): Converted {
  const problems: string[] = [];
  const context = { ...options, knownNodes: NODES };
  const policy = convertAdminPolicy(resource, context, (path) => void problems.push(path));
  return { policy, problems };
}

function clusterPolicy(spec: Partial<ClusterNetworkPolicySpec>): AdminPolicyResource {
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: "p" },
    spec: { tier: "Admin", priority: 7, subject: EVERY_POD, ...spec },
  };
}

describe("convertAdminPolicy", () => {
  const kinds: readonly (readonly [AdminPolicyResource, string])[] = [
    [clusterPolicy({}), "KubernetesClusterNetworkPolicy kube-admin 7"],
    [clusterPolicy({ tier: "Baseline" }), "KubernetesClusterNetworkPolicy kube-baseline 7"],
    [
      {
        apiVersion: "policy.networking.k8s.io/v1alpha1",
        kind: "AdminNetworkPolicy",
        metadata: { name: "p" },
        spec: { priority: 9, subject: EVERY_POD },
      },
      "AdminNetworkPolicy kube-admin 9",
    ],
    [
      {
        apiVersion: "policy.networking.k8s.io/v1alpha1",
        kind: "BaselineAdminNetworkPolicy",
        metadata: { name: "default" },
        spec: { subject: EVERY_POD },
      },
      "BaselineAdminNetworkPolicy kube-baseline 0",
    ],
  ];
  for (const [resource, wanted] of kinds) {
    it(`places the policy at ${wanted}`, () => {
      const { policy } = convert(resource);
      assert.equal(`${policy?.kind} ${policy?.tier} ${policy?.order}`, wanted);
    });
  }

  /** k8s-conversion.md §3.2. */
  const subjects: readonly (readonly [ClusterNetworkPolicySpec["subject"], string])[] = [
    [{ namespaces: {} }, `${KUBERNETES} && ${IN_NAMESPACE}`],
    [
      { namespaces: { matchLabels: { b: "y", a: "x" } } },
      `${KUBERNETES} && (pcns.a == 'x' && pcns.b == 'y')`,
    ],
    [
      { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "x" } } } },
      `(${KUBERNETES} && app == 'x') && ${IN_NAMESPACE}`,
    ],
    [{ pods: { podSelector: {} } }, KUBERNETES],
  ];
  for (const [subject, wanted] of subjects) {
    it(`governs ${JSON.stringify(subject)}`, () => {
      const { policy, problems } = convert(clusterPolicy({ subject }));
      assert.deepEqual(problems, []);
      assert.equal(policy && format(policy.selector), format(parseSelector(wanted)));
    });
  }

  it("is no policy without a subject, and none of a tier that does not exist", () => {
    assert.deepEqual(convert(clusterPolicy({ subject: {} })), {
      policy: undefined,
      problems: ["spec.subject"],
    });
    const tier = "Other" as "Admin";
    assert.deepEqual(convert(clusterPolicy({ tier })), {
      policy: undefined,
      problems: ["spec.tier"],
    });
  });

  const types: readonly (readonly [Partial<ClusterNetworkPolicySpec>, string])[] = [
    [{}, "ingress egress"],
    [{ ingress: [{ action: "Deny", from: [{ namespaces: {} }] }] }, "ingress"],
    [{ egress: [{ action: "Deny", to: [{ namespaces: {} }] }] }, "egress"],
    [{ egress: [{ action: "Accept", to: [{}] }] }, "ingress egress"],
  ];
  for (const [spec, wanted] of types) {
    it(`governs ${wanted} with the rules ${JSON.stringify(spec)}`, () => {
      assert.equal([...(convert(clusterPolicy(spec)).policy?.types ?? [])].join(" "), wanted);
    });
  }

  /** k8s-conversion.md §3.3: an egress rule, and what it stands for, one line a rule. */
  const rules: readonly (readonly [ClusterNetworkPolicyEgressRule, ...string[]])[] = [
    [{ action: "Accept", to: [{ namespaces: {} }] }, `Allow any to ${IN_NAMESPACE}`],
    [
      { action: "Pass", to: [{ pods: { podSelector: { matchLabels: { app: "x" } } } }] },
      `Pass any to ${KUBERNETES} && app == 'x'`,
    ],
    [
      { action: "Deny", to: [{ networks: ["10.1.2.3/8", "fd00::/8"] }, { namespaces: {} }] },
      "Deny any to 10.0.0.0/8 fd00::/8",
      `Deny any to ${IN_NAMESPACE}`,
    ],
    [
      {
        action: "Deny",
        to: [{ namespaces: {} }],
        protocols: [
          { udp: {} },
          { tcp: { destinationPort: { number: 80 } } },
          { tcp: { destinationPort: { range: { start: 81, end: 90 } } } },
          { destinationNamedPort: "8080" },
          { udp: { destinationPort: { number: 53 } } },
          { sctp: { destinationPort: { number: 0 } } },
        ],
      },
      `Deny any "8080" to ${IN_NAMESPACE}`,
      `Deny SCTP to ${IN_NAMESPACE}`,
      `Deny TCP 80-90 to ${IN_NAMESPACE}`,
      `Deny UDP to ${IN_NAMESPACE}`,
    ],
    [
      { action: "Deny", to: [{ nodes: { matchLabels: { zone: "a" } } }] },
      "Deny any to 192.168.0.1/32",
    ],
    [{ action: "Deny", to: [{ nodes: { matchLabels: { zone: "c" } } }] }],
    [{ action: "Deny", to: [] }],
  ];
  for (const [rule, ...wanted] of rules) {
    it(`reads ${JSON.stringify(rule)}`, () => {
      const { policy, problems } = convert(clusterPolicy({ egress: [rule] }));
      assert.deepEqual(problems, []);
      assert.deepEqual(policy?.egress.map(ruleText), wanted.map(withCanonicalSelector));
    });
  }

  /** What cannot be read: an Accept is left out, anything else denies all in its place. */
  const broken: readonly (readonly [Omit<ClusterNetworkPolicyEgressRule, "action">, string])[] = [
    [{ to: [{ namespaces: {} }, { networks: ["nonsense"] }] }, "to[1].networks[0]"],
    [{ to: [{ namespaces: {} }, { domainNames: ["a.example"] }] }, "to[1].domainNames"],
    [{ to: [{}] }, "to[0]"],
    [
      {
        to: [{ namespaces: {} }],
        protocols: [{ tcp: { destinationPort: { range: { start: 2, end: 1 } } } }],
      },
      "protocols[0].tcp.destinationPort.range",
    ],
  ];
  for (const [criteria, problem] of broken) {
    const path = `spec.egress[0].${problem}`;
    it(`lets nothing more pass for an unreadable ${problem}`, () => {
      const outcome = (action: ClusterNetworkPolicyEgressRule["action"]) =>
        convert(clusterPolicy({ egress: [{ action, ...criteria }] }));
      const accept = outcome("Accept");
      assert.deepEqual([accept.policy?.egress, accept.problems], [[], [path]]);
      for (const action of ["Deny", "Pass"] as const) {
        const { policy, problems } = outcome(action);
        assert.deepEqual(policy?.egress.map(ruleText), ["Deny any to any"]);
        assert.deepEqual(problems, [path, "spec.egress[0]"]);
      }
    });
  }

  it("leaves out a rule whose action is unknown", () => {
    const action = "Log" as "Pass";
    const { policy, problems } = convert(
      clusterPolicy({ ingress: [{ action, from: [{ namespaces: {} }] }] }),
    );
    assert.deepEqual([policy?.ingress, problems], [[], ["spec.ingress[0].action"]]);
  });

  /** k8s-conversion.md §3.4: peers that implementations read differently. */
  const names = new Map([
    ["www.Example.com", [address("1.1.1.1"), address("fd00::1")]],
    ["example.com", [address("2.2.2.2")]],
  ]);
  const readings: readonly (readonly [
    PeerOptions,
    ClusterNetworkPolicyEgressRule["to"][number],
    ...string[],
  ])[] = [
    [{ nodes: false }, { nodes: {} }, "Deny any to any"],
    [{ nodes: false, skipUnsupported: true }, { nodes: {} }],
    [{ skipUnsupported: true }, { domainNames: ["example.com"] }],
    [{ skipUnsupported: true }, { networks: ["nonsense"] }, "Deny any to any"],
    [{ domains: names }, { domainNames: ["example.com."] }, "Deny any to 2.2.2.2/32"],
    [{ domains: names }, { domainNames: ["*.EXAMPLE.com"] }, "Deny any to 1.1.1.1/32 fd00::1/128"],
    [{ domains: names }, { domainNames: ["other.example"] }],
  ];
  for (const [options, peer, ...wanted] of readings) {
    const { domains, ...flags } = options;
    const given = JSON.stringify({ ...flags, ...(domains && { domains: domains.size }) });
    it(`reads ${JSON.stringify(peer)} given ${given}`, () => {
      const { policy } = convert(
        clusterPolicy({ egress: [{ action: "Deny", to: [peer] }] }),
        options,
      );
      assert.deepEqual(policy?.egress.map(ruleText), wanted);
    });
  }

  it("reads the rules of the version before as those of this one", () => {
    const from = [{ pods: { podSelector: {} } }];
    const earlier = convert({
      apiVersion: "policy.networking.k8s.io/v1alpha1",
      kind: "AdminNetworkPolicy",
      metadata: { name: "p" },
      spec: {
        priority: 7,
        subject: EVERY_POD,
        ingress: [
          {
            action: "Allow",
            from,
            ports: [
              { portNumber: { port: 80 } },
              { portRange: { protocol: "UDP", start: 5, end: 6 } },
              { namedPort: "http" },
            ],
          },
        ],
      },
    });
    const now = convert(
      clusterPolicy({
        ingress: [
          {
            action: "Accept",
            from,
            protocols: [
              { tcp: { destinationPort: { number: 80 } } },
              { udp: { destinationPort: { range: { start: 5, end: 6 } } } },
              { destinationNamedPort: "http" },
            ],
          },
        ],
      }),
    );
    assert.deepEqual(earlier.problems, []);
    assert.deepEqual(earlier.policy?.ingress, now.policy?.ingress);
    assert.equal(earlier.policy?.ingress.length, 3);
  });
});

function ruleText({ action, protocol, destination }: Rule): string {
  const { ranges = [], names = [] } = destination.ports ?? {};
  const numbers = ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
  const name = protocol === undefined ? "any" : formatProtocol(protocol);
  const quoted = names.map((one) => JSON.stringify(one));
  return [action, name, ...numbers, ...quoted, "to", peerText(destination)].join(" ");
}

function peerText({ selector, nets = [] }: EntityMatch): string {
  if (selector) return format(selector);
  return nets.length > 0 ? nets.map(formatPrefix).join(" ") : "any";
}

function withCanonicalSelector(text: string): string {
  const [what = "", peer = ""] = text.split(" to ");
  return /^\d/.test(peer) ? text : `${what} to ${format(parseSelector(peer))}`;
}
