import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resourcesFrom } from "../../../test/scenario.ts";
import { modelOf } from "../model/convert.ts";
import { lint } from "./lint.ts";

const pod = (name: string, address: string, labels: string, namespace = "shop") => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { ${labels} } }
spec: { nodeName: one, containers: [{ name: main }] }
status: { podIPs: [{ ip: ${address} }] }
`;
const NAMESPACES = ["shop", "kube-system"]
  .map((name) => `---\napiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`)
  .join("");
const WEB = pod("web", "10.0.0.1", "app: web");
const DNS = pod("coredns", "10.0.0.53", "k8s-app: kube-dns", "kube-system");
const SLICE = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: kube-dns-1, namespace: kube-system, labels: { kubernetes.io/service-name: kube-dns } }
addressType: IPv4
ports: [{ name: dns, protocol: UDP, port: 5353 }]
endpoints: [{ addresses: [10.0.0.53] }]
`;

/** A policy of the pod that lets it do nothing else. */
function egress(...ports: readonly string[]): string {
  const rules = ports.map((one) => `{ ports: [{ ${one} }] }`).join(", ");
  return `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${rules}] }
`;
}

const UDP = "protocol: UDP, port: 53";
const TCP = "protocol: TCP, port: 53";

const ROWS: readonly (readonly [title: string, manifests: string, found: string | undefined])[] = [
  ["nothing without policy", WEB + DNS, undefined],
  ["pods that may do nothing", WEB + DNS + egress(), "warning the cluster's DNS by UDP and TCP"],
  ["pods that may ask by TCP alone", WEB + DNS + egress(TCP), "warning the cluster's DNS by UDP"],
  ["pods that may ask by UDP alone", WEB + DNS + egress(UDP), "info the cluster's DNS by TCP"],
  ["nothing of pods that may ask by both", WEB + DNS + egress(UDP, TCP), undefined],
  [
    "pods that may do nothing where no DNS is known",
    WEB + egress(),
    "warning any port 53 by UDP and TCP",
  ],
  ["nothing where no DNS is known but asking is allowed", WEB + egress(UDP, TCP), undefined],
  [
    "pods that may ask port 53, which is not where the Service leads",
    WEB + DNS + SLICE + egress(UDP, TCP),
    "warning the cluster's DNS by UDP and TCP",
  ],
  [
    "nothing of pods that may ask where the Service leads",
    WEB + DNS + SLICE + egress("protocol: UDP, port: 5353", "protocol: TCP, port: 5353"),
    undefined,
  ],
  [
    "DNS servers that are cut off from those who ask",
    `${WEB}${DNS}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: nobody, namespace: kube-system }
spec: { podSelector: {} }
`,
    "warning the cluster's DNS by UDP and TCP",
  ],
];

describe("lint on DNS", () => {
  for (const [title, manifests, wanted] of ROWS) {
    it(`finds ${title}`, () => {
      const resources = resourcesFrom(NAMESPACES + manifests);
      const found = lint(resources, modelOf(resources)).filter(({ code }) => code === "dns-cut");
      const words = found.map(({ severity, message }) => {
        const [, what] = /cannot ask (.*?)(?:, which long answers need)?: /.exec(message) ?? [];
        return `${severity} ${what}`;
      });
      assert.deepEqual(words, wanted === undefined ? [] : [wanted]);
    });
  }
});
