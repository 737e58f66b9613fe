/**
 * 10,000 NetworkPolicies admitted: types, limits, unknown fields, defaults and every check of the
 * kind. That they are read and parsed is left out; `parse` measures that.
 */
import { admit } from "../src/core/resources/admit.ts";
import { kindOf } from "../src/core/resources/kinds.ts";
import type { Figure } from "./figure.ts";
import type { Progress } from "./main.ts";
import { fastestOf } from "./microseconds.ts";

const POLICIES = 10_000;
const ROUNDS = 15;

/** Milliseconds for all of them, for policies of each API. */
export async function measure(tell: Progress): Promise<readonly Figure[]> {
  return [
    admitted("projectcalico.org/v3", calicoPolicy, tell),
    admitted("networking.k8s.io/v1", kubernetesPolicy, tell),
  ];
}

function admitted(
  apiVersion: string,
  policy: (i: number) => Readonly<Record<string, unknown>>,
  tell: Progress,
): Figure {
  const kind = kindOf(apiVersion, "NetworkPolicy");
  if (!kind) throw new TypeError(`no NetworkPolicy of ${apiVersion}`);
  const policies = Array.from({ length: POLICIES }, (_, i) => policy(i));
  const value = fastestOf(ROUNDS, () => {
    for (const one of policies) {
      if (!admit(kind, one).admitted) throw new TypeError("a policy of the bench is refused");
    }
  });
  tell(apiVersion);
  const name = `${POLICIES} NetworkPolicies of ${apiVersion}`;
  return { bench: "validation", case: name, value, unit: "ms" };
}

/** Two rules in, one out, as in the tutorials. */
function calicoPolicy(i: number): Readonly<Record<string, unknown>> {
  return {
    metadata: { name: `policy-${i}`, namespace: `team-${i % 100}`, labels: { app: `app-${i}` } },
    spec: {
      order: i,
      selector: `app == 'app-${i}' && env in {'prod', 'staging'}`,
      types: ["Ingress", "Egress"],
      ingress: [
        {
          action: "Allow",
          protocol: "TCP",
          source: { selector: `role == 'client-${i}'`, namespaceSelector: "has(team)" },
          destination: { ports: [80, "8000:8080", "metrics"] },
        },
        { action: "Deny", source: { nets: ["10.0.0.0/8", "192.168.0.0/16"] } },
      ],
      egress: [{ action: "Allow", protocol: "UDP", destination: { ports: [53] } }],
    },
  };
}

/** The same, as far as that API can say it. */
function kubernetesPolicy(i: number): Readonly<Record<string, unknown>> {
  return {
    metadata: { name: `policy-${i}`, namespace: `team-${i % 100}`, labels: { app: `app-${i}` } },
    spec: {
      podSelector: {
        matchLabels: { app: `app-${i}` },
        matchExpressions: [{ key: "env", operator: "In", values: ["prod", "staging"] }],
      },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            {
              podSelector: { matchLabels: { role: `client-${i}` } },
              namespaceSelector: { matchExpressions: [{ key: "team", operator: "Exists" }] },
            },
            { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
          ],
          ports: [{ port: 80 }, { port: 8000, endPort: 8080 }, { port: "metrics" }],
        },
      ],
      egress: [{ ports: [{ protocol: "UDP", port: 53 }] }],
    },
  };
}
