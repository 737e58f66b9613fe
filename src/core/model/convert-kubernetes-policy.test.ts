import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPrefix } from "../net/address.ts";
import { formatProtocol } from "../net/protocol.ts";
import type { KubernetesNetworkPolicyResource } from "../resources/kubernetes-network-policy.ts";
import { parseSelector } from "../selector/parse.ts";
import { format } from "../selector/selector.ts";
import { convertKubernetesPolicy } from "./convert-kubernetes-policy.ts";
import type { EntityMatch, Policy, Rule } from "./policy.ts";

type Spec = KubernetesNetworkPolicyResource["spec"];

function convert(spec: Spec): { readonly policy: Policy; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const policy = convertKubernetesPolicy(
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "p", namespace: "a" },
      spec,
    },
    (path) => void problems.push(path),
  );
  return { policy, problems };
}

const KUBERNETES = "projectcalico.org/orchestrator == 'k8s'";
const HERE = "projectcalico.org/namespace == 'a'";

describe("convertKubernetesPolicy", () => {
  it("puts the policy into tier default at order 1000", () => {
    const { policy } = convert({ podSelector: { matchLabels: { app: "x" } } });
    assert.equal(policy.kind, "KubernetesNetworkPolicy");
    assert.equal(policy.tier, "default");
    assert.equal(policy.order, 1000);
    assert.equal(
      format(policy.selector),
      format(parseSelector(`(${KUBERNETES} && app == 'x') && ${HERE}`)),
    );
  });

  const types: readonly (readonly [string, Spec, string])[] = [
    ["none and no egress rules", {}, "ingress"],
    ["none and an empty list of egress rules", { egress: [] }, "ingress"],
    ["none and egress rules", { egress: [{}] }, "ingress egress"],
    ["unknown", { policyTypes: ["Other" as "Ingress"], egress: [{}] }, "ingress"],
    ["Egress alone", { policyTypes: ["Egress"], ingress: [{}] }, "egress"],
  ];
  for (const [what, spec, wanted] of types) {
    it(`with policy types ${what} governs ${wanted}`, () => {
      assert.equal([...convert(spec).policy.types].join(" "), wanted);
    });
  }

  /** k8s-conversion.md §1.2, §1.3 and §10: an ingress rule, and what it allows, one line a rule. */
  const rules: readonly (readonly [NonNullable<Spec["ingress"]>[number], ...string[]])[] = [
    [{}, "any from any"],
    [{ from: [], ports: [] }, "any from any"],
    [{ ports: [{}] }, "TCP from any"],
    [
      { ports: [{ port: 80 }, {}, { protocol: "UDP", port: 53 }] },
      "TCP from any",
      "UDP 53 from any",
    ],
    [
      { ports: [{ port: "http" }, { protocol: "SCTP", port: 1, endPort: 3 }] },
      "SCTP 1-3 from any",
      "TCP http from any",
    ],
    [{ ports: [{ port: "80" }, { port: 81 }, { port: "foo" }] }, "TCP 80-81 foo from any"],
    [
      { from: [{ podSelector: { matchLabels: { app: "x" } } }] },
      `any from (${HERE}) && (${KUBERNETES} && app == 'x')`,
    ],
    [
      { from: [{ namespaceSelector: {} }] },
      `any from has(projectcalico.org/namespace) && ${KUBERNETES}`,
    ],
    [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { team: "y" } },
            podSelector: { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] },
          },
        ],
      },
      `any from pcns.team == 'y' && (${KUBERNETES} && !has(app))`,
    ],
    [{ from: [{}] }, `any from (${HERE}) && ${KUBERNETES}`],
    [
      { from: [{ ipBlock: { cidr: "10.1.2.3/8", except: ["10.1.0.0/16"] } }, { podSelector: {} }] },
      "any from 10.0.0.0/8 but 10.1.0.0/16",
      `any from (${HERE}) && ${KUBERNETES}`,
    ],
    [
      {
        from: [
          { podSelector: { matchExpressions: [{ key: "k", operator: "In", values: ["b", "a"] }] } },
        ],
      },
      `any from (${HERE}) && (${KUBERNETES} && k in {'a', 'b'})`,
    ],
  ];
  for (const [rule, ...wanted] of rules) {
    it(`reads ${JSON.stringify(rule)}`, () => {
      const { policy, problems } = convert({ ingress: [rule] });
      assert.deepEqual(problems, []);
      assert.deepEqual(policy.ingress.map(describeRule), wanted.map(withCanonicalSelector));
    });
  }

  /** What cannot be read allows nothing; the rest stays. */
  const broken: readonly (readonly [NonNullable<Spec["ingress"]>[number], string, ...string[]])[] =
    [
      [{ ports: [{ port: "a b" }, { port: 80 }] }, "spec.ingress[0].ports[0]"],
      [{ ports: [{ port: 70_000 }] }, "spec.ingress[0].ports[0]"],
      [{ ports: [{ port: 9, endPort: 8 }] }, "spec.ingress[0].ports[0]"],
      [{ ports: [{ port: "http", endPort: 8 }] }, "spec.ingress[0].ports[0]"],
      [
        { from: [{ ipBlock: { cidr: "192.168.0.0/55" } }, { ipBlock: { cidr: "10.0.0.0/8" } }] },
        "spec.ingress[0].from[0].ipBlock.cidr",
        "any from 10.0.0.0/8",
      ],
      [
        { from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["nonsense"] } }] },
        "spec.ingress[0].from[0].ipBlock.except[0]",
      ],
    ];
  for (const [rule, problem, ...wanted] of broken) {
    it(`leaves out what it cannot read of ${JSON.stringify(rule)}`, () => {
      const { policy, problems } = convert({ ingress: [rule] });
      assert.deepEqual(problems, [problem]);
      assert.deepEqual(policy.ingress.map(describeRule), wanted);
    });
  }

  it("asks of a request's principal what the peer says of its namespace", () => {
    const from = [
      { podSelector: {} },
      { namespaceSelector: { matchLabels: { team: "y" } } },
      { ipBlock: { cidr: "10.0.0.0/8" } },
    ];
    const asked = convert({ ingress: [{ from }] }).policy.ingress.map(({ source }) => {
      const { namespace, namespaceSelector } = source.principal ?? {};
      return namespaceSelector ? format(namespaceSelector) : namespace;
    });
    assert.deepEqual(asked, ["a", 'team == "y"', undefined]);
  });

  it("keeps the place of the manifest's rule in each rule that comes of it", () => {
    const ports = [{ port: 1 }, { protocol: "UDP" as const, port: 2 }];
    const { policy } = convert({ egress: [{}, { to: [{ podSelector: {} }, {}], ports }] });
    const places = policy.egress.map(({ path, index }) => `${path} ${index}`);
    assert.deepEqual(places, ["spec.egress[0] 0", ...Array(4).fill("spec.egress[1] 1")]);
  });

  it("puts peer and ports of an egress rule on the destination", () => {
    const to = [{ ipBlock: { cidr: "10.0.0.0/8" } }];
    const { policy } = convert({ egress: [{ to, ports: [{ port: 443 }] }] });
    assert.deepEqual(policy.egress[0]?.source, {});
    assert.deepEqual(policy.egress[0]?.destination.ports?.ranges, [{ first: 443, last: 443 }]);
    assert.equal(policy.egress[0]?.destination.nets?.length, 1);
  });
});

function describeRule({ protocol, source, destination }: Rule): string {
  const { ranges = [], names = [] } = destination.ports ?? {};
  const numbers = ranges.map(({ first, last }) =>
    first === last ? `${first}` : `${first}-${last}`,
  );
  const name = protocol === undefined ? "any" : formatProtocol(protocol);
  return [name, ...numbers, ...names, "from", peerText(source)].join(" ");
}

function peerText({ selector, nets = [], notNets = [] }: EntityMatch): string {
  if (selector) return format(selector);
  if (nets.length === 0) return "any";
  const but = notNets.length > 0 ? ["but", ...notNets.map(formatPrefix)] : [];
  return [...nets.map(formatPrefix), ...but].join(" ");
}

function withCanonicalSelector(text: string): string {
  const [what = "", peer = ""] = text.split(" from ");
  const plain = peer === "any" || /^\d/.test(peer);
  return `${what} from ${plain ? peer : format(parseSelector(peer))}`;
}
