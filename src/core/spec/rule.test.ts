import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import { ruleMatches } from "./rule.ts";

const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: sales } }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  nodeName: n1
  containers: [{ ports: [{ name: http, containerPort: 8080 }, { name: dns, containerPort: 53, protocol: UDP }] }]
status: { podIPs: [{ ip: 10.0.0.1 }, { ip: fd00::1 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: shop, labels: { app: db } }
spec: { nodeName: n1, containers: [{ ports: [{ name: http, containerPort: 9090 }] }] }
status: { podIP: 10.0.0.2 }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: { name: partners, labels: { role: partner } }
spec: { nets: [203.0.113.0/24, 2001:db8::/32] }
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: h1, labels: { role: host } }
spec: { node: n1, interfaceName: eth0, expectedIPs: [192.168.0.1], ports: [{ name: ssh, protocol: TCP, port: 22 }] }
`;

const SERVICES = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, namespace: shop, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.0.0.1], conditions: { ready: false } }]
ports: [{ name: http, port: 8080 }, { name: dns, port: 53, protocol: UDP }, { name: none }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-2, namespace: shop, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [203.0.113.7] }]
ports: [{ name: http, port: 80 }]
`;
const WEB = "services: { name: web, namespace: shop }";
const ELSEWHERE = "services: { name: web, namespace: other }";

/** A rule of a global policy, a packet, and whether the rule matches it. */
const ROWS: readonly (readonly [rule: string, packet: string, matches: boolean])[] = [
  // §5.1: IP versions.
  ["{}", "10.0.0.1 10.0.0.2 TCP 80", true],
  ["{ ipVersion: 6 }", "10.0.0.1 10.0.0.2 TCP 80", false],
  ["{ protocol: ICMP }", "10.0.0.1 10.0.0.2 ICMP 8/0", true],
  ["{ protocol: ICMP }", "fd00::1 fd00::2 ICMPv6 128/0", false],
  ["{ protocol: 58 }", "fd00::1 fd00::2 ICMPv6 128/0", true],
  ["{ source: { nets: [10.0.0.0/8] } }", "fd00::1 fd00::2 TCP 80", false],
  ["{ source: { notNets: [192.168.0.0/16] } }", "10.0.0.1 10.0.0.2 TCP 80", true],
  ["{ source: { notNets: [192.168.0.0/16] } }", "fd00::1 fd00::2 TCP 80", false],
  ["{ source: { nets: ['::ffff:10.0.0.0/104'] } }", "10.0.0.1 10.0.0.2 TCP 80", true],
  // §5.2: protocols and numeric ports.
  ["{ protocol: TCP }", "10.0.0.1 10.0.0.2 UDP 80", false],
  ["{ notProtocol: TCP }", "10.0.0.1 10.0.0.2 UDP 80", true],
  ["{ protocol: TCP, destination: { ports: [80, '90:99'] } }", "10.0.0.1 10.0.0.2 TCP 95", true],
  ["{ protocol: TCP, destination: { ports: [80, '90:99'] } }", "10.0.0.1 10.0.0.2 TCP 89", false],
  ["{ protocol: TCP, destination: { notPorts: [80] } }", "10.0.0.1 10.0.0.2 TCP 81", true],
  ["{ protocol: TCP, destination: { notPorts: [80] } }", "10.0.0.1 10.0.0.2 TCP 80", false],
  ["{ protocol: UDP, source: { ports: [68] } }", "10.0.0.1 10.0.0.2 UDP 67 from 68", true],
  // Selectors match addresses of known objects only.
  ["{ source: { selector: all() } }", "10.0.0.1 10.0.0.2 TCP 80", true],
  ["{ source: { selector: all() } }", "10.9.9.9 10.0.0.2 TCP 80", false],
  ["{ source: { selector: app == 'web' } }", "10.0.0.1 10.0.0.2 TCP 80", true],
  ["{ source: { selector: role == 'partner' } }", "203.0.113.9 10.0.0.2 TCP 80", true],
  ["{ source: { selector: role == 'host' } }", "192.168.0.1 10.0.0.2 TCP 80", true],
  ["{ source: { namespaceSelector: team == 'sales' } }", "10.0.0.2 10.0.0.1 TCP 80", true],
  ["{ source: { namespaceSelector: all() } }", "203.0.113.9 10.0.0.1 TCP 80", false],
  ["{ source: { namespaceSelector: global() } }", "203.0.113.9 10.0.0.1 TCP 80", true],
  // selectors.md §8.1: the negative selector alone, and beside a positive one.
  ["{ source: { notSelector: app == 'web' } }", "10.9.9.9 10.0.0.2 TCP 80", true],
  ["{ source: { notSelector: app == 'web' } }", "10.0.0.1 10.0.0.2 TCP 80", false],
  [
    "{ source: { selector: has(app), notSelector: app == 'web' } }",
    "10.0.0.2 10.0.0.1 TCP 80",
    true,
  ],
  [
    "{ source: { selector: has(app), notSelector: app == 'web' } }",
    "10.9.9.9 10.0.0.1 TCP 80",
    false,
  ],
  // Named ports lead to an address and a port together.
  ["{ protocol: TCP, destination: { ports: [http] } }", "10.9.9.9 10.0.0.1 TCP 8080", true],
  ["{ protocol: TCP, destination: { ports: [http] } }", "10.9.9.9 10.0.0.1 TCP 9090", false],
  ["{ protocol: TCP, destination: { ports: [http] } }", "10.9.9.9 10.0.0.2 TCP 9090", true],
  ["{ protocol: TCP, destination: { ports: [ssh] } }", "10.9.9.9 192.168.0.1 TCP 22", true],
  ["{ protocol: UDP, destination: { ports: [http] } }", "10.9.9.9 10.0.0.1 UDP 8080", false],
  ["{ protocol: UDP, destination: { ports: [dns] } }", "10.9.9.9 10.0.0.1 UDP 53", true],
  ["{ protocol: TCP, destination: { ports: [http, 22] } }", "10.9.9.9 10.0.0.3 TCP 22", true],
  [
    "{ protocol: TCP, destination: { ports: [http], selector: app == 'db' } }",
    "10.9.9.9 10.0.0.1 TCP 8080",
    false,
  ],
  ["{ protocol: TCP, destination: { ports: [nowhere] } }", "10.9.9.9 10.0.0.1 TCP 8080", false],
  ["{ protocol: TCP, destination: { notPorts: [nowhere] } }", "10.9.9.9 10.0.0.1 TCP 8080", true],
  ["{ protocol: TCP, destination: { notPorts: [http] } }", "10.9.9.9 10.0.0.1 TCP 8080", false],
  [
    "{ protocol: TCP, destination: { notPorts: [http], selector: app == 'db' } }",
    "10.9.9.9 10.0.0.2 TCP 9090",
    false,
  ],
  // Services: as source their backends' addresses, as destination their ports too.
  [`{ source: { ${WEB} } }`, "10.0.0.1 10.0.0.2 TCP 80", true],
  [`{ source: { ${WEB} } }`, "203.0.113.7 10.0.0.2 53", true],
  [`{ source: { ${WEB} } }`, "10.0.0.2 10.0.0.1 TCP 80", false],
  [`{ source: { ${ELSEWHERE} } }`, "10.0.0.1 10.0.0.2 TCP 80", false],
  [`{ protocol: TCP, source: { ${WEB}, ports: [22] } }`, "10.0.0.1 10.0.0.2 TCP 80 from 22", true],
  [`{ protocol: TCP, source: { ${WEB}, ports: [22] } }`, "10.0.0.1 10.0.0.2 TCP 80", false],
  [`{ destination: { ${WEB} } }`, "10.0.0.2 10.0.0.1 TCP 8080", true],
  [`{ destination: { ${WEB} } }`, "10.0.0.2 10.0.0.1 UDP 53", true],
  [`{ destination: { ${WEB} } }`, "10.0.0.2 10.0.0.1 UDP 8080", false],
  [`{ destination: { ${WEB} } }`, "10.0.0.2 10.0.0.1 TCP 80", false],
  [`{ destination: { ${WEB} } }`, "10.0.0.2 203.0.113.7 TCP 80", true],
  [`{ destination: { ${WEB} } }`, "10.0.0.2 203.0.113.7 50", false],
  [`{ destination: { ${ELSEWHERE} } }`, "10.0.0.2 10.0.0.1 TCP 8080", false],
  // A packet is no request.
  ["{ protocol: TCP, http: { methods: [GET] } }", "10.0.0.1 10.0.0.2 TCP 80", false],
  // ICMP criteria speak of the family's ICMP only.
  ["{ protocol: ICMP, icmp: { type: 8 } }", "10.0.0.1 10.0.0.2 ICMP 8/3", true],
  ["{ protocol: ICMP, icmp: { type: 8, code: 0 } }", "10.0.0.1 10.0.0.2 ICMP 8/3", false],
  ["{ protocol: ICMP, notICMP: { type: 8, code: 0 } }", "10.0.0.1 10.0.0.2 ICMP 8/3", true],
  ["{ protocol: ICMP, notICMP: { type: 8, code: 0 } }", "10.0.0.1 10.0.0.2 ICMP 8/0", false],
  ["{ protocol: ICMP, notICMP: { type: 8 } }", "10.0.0.1 10.0.0.2 ICMP 8/3", false],
  ["{ notICMP: { type: 8 } }", "10.0.0.1 10.0.0.2 TCP 80", false],
];

describe("ruleMatches", () => {
  for (const [rule, packet, matches] of ROWS) {
    it(`${rule} ${matches ? "matches" : "does not match"} ${packet}`, () => {
      const model = modelFrom(CLUSTER, SERVICES, policyWith(rule));
      const [converted] = model.policies.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
      assert.ok(converted);
      assert.equal(ruleMatches(model, converted, flowFrom(packet)), matches);
    });
  }
});

/** Services as destinations are for egress rules. */
function policyWith(rule: string): string {
  const [type, list] = rule.includes("destination: { services")
    ? ["Egress", "egress"]
    : ["Ingress", "ingress"];
  const criteria = rule.slice(1, -1).trim();
  return `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: p }
spec:
  types: [${type}]
  ${list}: [{ action: Allow${criteria && `, ${criteria}`} }]
`;
}
