/** States about policies: whom they govern, in which directions, and what of them is enforced. */
import { farPod, pod, policy, tier } from "./parts.ts";
import { allow, deny } from "./rules.ts";
import type { State } from "./state.ts";

const DEFAULT = tier("default", 1_000_000);
const WEB = pod("web", "10.0.0.1", { labels: { app: "web", tone: "high" } });
const CLIENT = farPod("client", "10.0.1.2");
const IN = { ingress: [allow()] };

/** A policy for each operator of selectors. */
const EVERY_OPERATOR = [
  policy("absent", "!has(app)", IN),
  policy("among", "app in {'client', 'web'}", IN),
  policy("and", "has(app) && tone == 'high'", IN),
  policy("begins", "app starts with 'we'", IN),
  policy("contains", "app contains 'e'", IN),
  policy("ends", "app ends with 'x'", IN),
  policy("never", "app == 'web' && app == 'client'", IN),
  policy("not", "!(app == 'web')", IN),
  policy("not among", "app not in {'client'}", IN),
  policy("or", "app == 'client' || tone in {'high'}", IN),
  policy("other", "app != 'web'", IN),
];

export const POLICIES: readonly State[] = [
  {
    name: "a policy for nobody here",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("client", "app == 'client'", { ingress: [allow({ from: { who: "app == 'web'" } })] }),
    ],
    enforced: ["web in, out: -"],
  },
  {
    name: "one policy for everybody",
    updates: [DEFAULT, WEB, pod("other", "10.0.0.2"), policy("client", "all()", IN)],
    enforced: [
      "other in: default[client]",
      "other out: -",
      "web in: default[client]",
      "web out: -",
      "policy client in: Allow",
    ],
  },
  {
    name: "every operator of selectors",
    updates: [DEFAULT, WEB, ...EVERY_OPERATOR],
    enforced: [
      "web in: default[among and begins contains not among or]",
      "web out: -",
      ...["among", "and", "begins", "contains", "not among", "or"].map(
        (name) => `policy ${name} in: Allow`,
      ),
    ],
  },
  {
    name: "the same selectors, and other labels",
    updates: [
      DEFAULT,
      pod("web", "10.0.0.1", { labels: { app: "index" } }),
      pod("bare", "10.0.0.3", { labels: {} }),
      ...EVERY_OPERATOR,
    ],
    enforced: [
      "bare in: default[absent not among not other]",
      "bare out: -",
      "web in: default[contains ends not among not other]",
      "web out: -",
      ...["absent", "contains", "ends", "not", "not among", "other"].map(
        (name) => `policy ${name} in: Allow`,
      ),
    ],
  },
  {
    name: "directions: one, the other, both without rules, none named",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("both", "all()", { order: 1, types: ["ingress", "egress"] }),
      policy("client", "all()", {
        order: 2,
        types: ["egress"],
        ingress: [allow({ from: { who: "app == 'client'" } })],
        egress: [allow({ to: { who: "app == 'client'" } })],
      }),
      policy("in", "all()", { order: 3, ...IN }),
      policy("open", "all()", { order: 4, types: [], ...IN }),
    ],
    enforced: [
      "web in: default[both in open]",
      "web out: default[both client open]",
      "policy both in, out: -",
      "policy client out: Allow to 10.0.1.2",
      "policy in in: Allow",
      "policy open in: Allow",
    ],
  },
  {
    name: "the other direction of the same policy",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("client", "all()", {
        order: 2,
        types: ["ingress"],
        ingress: [allow({ from: { who: "app == 'client'" } })],
        egress: [allow({ to: { who: "app == 'client'" } })],
      }),
    ],
    enforced: ["web in: default[client]", "web out: -", "policy client in: Allow from 10.0.1.2"],
  },
  {
    name: "a policy that cannot be enforced as written",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("client", "all()", {
        ingress: [allow({ from: { who: "app == 'client'" } })],
        unenforceable: "spec.ingress[0].source.selector",
      }),
    ],
    enforced: ["web in: default[client]", "web out: -", "policy client in: Deny"],
  },
  {
    name: "one that cannot, both ways, among others",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("client", "all()", {
        types: ["ingress", "egress"],
        ingress: [allow({ from: { who: "app == 'client'" } })],
        unenforceable: "spec.ingress[0].source.selector",
      }),
      policy("in", "all()", IN),
    ],
    enforced: [
      "web in: default[client in]",
      "web out: default[client]",
      "policy client in, out: Deny",
      "policy in in: Allow",
    ],
  },
  {
    name: "staged policies beside one that is enforced",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("client", "all()", {
        kind: "StagedGlobalNetworkPolicy",
        staged: true,
        ingress: [deny({ from: { who: "app == 'client'" } })],
      }),
      policy("client", "all()", {
        kind: "StagedNetworkPolicy",
        namespace: "prod",
        tier: "ops",
        staged: true,
        egress: [deny()],
      }),
      policy("in", "all()", IN),
    ],
    enforced: ["web in: default[in]", "web out: -", "policy in in: Allow"],
  },
  {
    name: "a rule for requests, which are no packets",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("client", "all()", {
        ingress: [
          allow({ http: { methods: ["GET"] }, from: { who: "app == 'client'" } }),
          allow({ from: { nets: ["192.0.2.0/24"] } }),
        ],
      }),
    ],
    enforced: [
      "web in: default[client]",
      "web out: -",
      "policy client in: Allow IPv4 from 192.0.2.0/24",
    ],
  },
  {
    name: "rules that no packet can match, and every criterion of protocols",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      policy("client", "all()", {
        ingress: [
          allow({ protocol: "TCP", notProtocol: "TCP", from: { who: "app == 'client'" } }),
          allow({ from: { nets: ["10.0.0.0/8"] }, to: { nets: ["fd00::/8"] } }),
          allow({ protocol: "ICMP", icmp: { type: 8 } }),
          allow({ protocol: "ICMPv6", notIcmp: { type: 128, code: 1 } }),
          allow({ notProtocol: "SCTP", family: 6 }),
          allow({ protocol: "47" }),
        ],
      }),
    ],
    enforced: [
      "web in: default[client]",
      "web out: -",
      "policy client in: Allow IPv4 ICMP messages 2048:2303; " +
        "Allow IPv6 ICMPv6 messages 0:32768,32770:65535; Allow IPv6 not SCTP; Allow 47",
    ],
  },
];
