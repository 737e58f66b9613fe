/** States about tiers and the order of policies. */
import { pod, policy, tier } from "./parts.ts";
import { allow, deny, log, pass } from "./rules.ts";
import type { State } from "./state.ts";

const DEFAULT = tier("default", 1_000_000);
const WEB = pod("web", "10.0.0.1");
const IN = { ingress: [allow()] };

export const TIERS: readonly State[] = [
  {
    name: "a tier that is missing",
    updates: [
      WEB,
      DEFAULT,
      policy("audit", "all()", { tier: "ops", ...IN }),
      policy("last", "all()", IN),
    ],
    enforced: [
      "web in: default[last] > ops[audit]",
      "web out: -",
      "policy audit in: Allow",
      "policy last in: Allow",
    ],
  },
  {
    name: "the tier first, ending in Pass",
    updates: [
      WEB,
      DEFAULT,
      tier("ops", 10, "Pass"),
      policy("audit", "all()", { tier: "ops", ...IN }),
      policy("last", "all()", IN),
    ],
    enforced: [
      "web in: ops[audit] or pass > default[last]",
      "web out: -",
      "policy audit in: Allow",
      "policy last in: Allow",
    ],
  },
  {
    name: "the tier last, ending in Deny",
    updates: [
      WEB,
      DEFAULT,
      tier("ops", 2_000_000),
      policy("audit", "all()", { tier: "ops", ...IN }),
      policy("last", "all()", IN),
    ],
    enforced: [
      "web in: default[last] > ops[audit]",
      "web out: -",
      "policy audit in: Allow",
      "policy last in: Allow",
    ],
  },
  {
    name: "tiers without policy, and a tier whose policy is not for the pod",
    updates: [
      WEB,
      DEFAULT,
      tier("ops", 10, "Pass"),
      tier("empty", 1),
      policy("audit", "app == 'client'", { tier: "ops", ...IN }),
      policy("last", "all()", { egress: [deny()] }),
    ],
    enforced: ["web in: -", "web out: default[last]", "policy last out: Deny"],
  },
  {
    name: "a policy in another tier than elsewhere",
    updates: [WEB, DEFAULT, tier("ops", 10), policy("audit", "all()", IN)],
    enforced: ["web in: default[audit]", "web out: -", "policy audit in: Allow"],
  },
  {
    name: "a policy without rules",
    updates: [WEB, DEFAULT, policy("audit", "all()", { types: ["ingress"] })],
    enforced: ["web in: default[audit]", "web out: -", "policy audit in, out: -"],
  },
  {
    name: "a policy without rules, both ways in another tier",
    updates: [
      WEB,
      DEFAULT,
      tier("ops", 10),
      policy("audit", "all()", { tier: "ops", types: ["ingress", "egress"] }),
    ],
    enforced: ["web in, out: ops[audit]", "policy audit in, out: -"],
  },
  {
    name: "tiers of one order, and policies of one order, by name",
    updates: [
      WEB,
      tier("default", 10),
      tier("ops", 10),
      tier("a-z", 10),
      policy("a", "all()", { order: 1, ...IN }),
      policy("a-b", "all()", { order: 1, ...IN }),
      policy("a", "all()", { kind: "NetworkPolicy", namespace: "prod", order: 1, ...IN }),
      policy("b", "all()", { order: 0.5, ...IN }),
      policy("c", "all()", IN),
      policy("d", "all()", { order: -1, ...IN }),
      policy("audit", "all()", { tier: "ops", ...IN }),
      policy("z", "all()", { tier: "a-z", ...IN }),
    ],
    enforced: [
      "web in: a-z[z] > default[d b a-b a NetworkPolicy/prod/a c] > ops[audit]",
      "web out: -",
      ...["a", "a-b", "audit", "b", "c", "d", "z"].map((name) => `policy ${name} in: Allow`),
      "policy NetworkPolicy/prod/a in: Allow",
    ],
  },
  {
    name: "the same policies in another order",
    updates: [
      WEB,
      tier("default", 11),
      tier("ops", 10),
      tier("a-z", 12, "Pass"),
      policy("a", "all()", { order: 3, ...IN }),
      policy("a-b", "all()", { order: 2, ...IN }),
      policy("a", "all()", { kind: "NetworkPolicy", namespace: "prod", order: 2, ...IN }),
      policy("b", "all()", { order: 4, ...IN }),
      policy("audit", "all()", { tier: "ops", ...IN }),
      policy("z", "all()", { tier: "a-z", ...IN }),
    ],
    enforced: [
      "web in: ops[audit] > default[a-b NetworkPolicy/prod/a a b] > a-z[z] or pass",
      "web out: -",
      ...["a", "a-b", "audit", "b", "z"].map((name) => `policy ${name} in: Allow`),
      "policy NetworkPolicy/prod/a in: Allow",
    ],
  },
  {
    name: "policies that pass and log on the way",
    updates: [
      WEB,
      DEFAULT,
      tier("ops", 10),
      policy("audit", "all()", {
        tier: "ops",
        ingress: [log(), pass({ protocol: "TCP" }), deny()],
        egress: [pass()],
      }),
      policy("last", "all()", { ...IN, egress: [log({ protocol: "UDP", to: { ports: [53] } })] }),
    ],
    enforced: [
      "web in, out: ops[audit] > default[last]",
      "policy audit in: Log; Pass TCP; Deny",
      "policy audit out: Pass",
      "policy last in: Allow",
      "policy last out: Log UDP to :53",
    ],
  },
];
