/** A small shop whose policy is tested: web may reach api on http, and api its service db. */

import type { AnyResource } from "../resources/kinds.ts";
import type { PolicyTestResource } from "../resources/policy-test.ts";
import { readManifests } from "../resources/read.ts";

const pod = (name: string, address: string, ports = "[]", namespace = "shop") => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }
spec: { nodeName: one, serviceAccountName: ${name}, containers: [{ ports: ${ports} }] }
status: { podIPs: ${address} }
---`;

const CLUSTER = `${pod("web", '[{ ip: 10.0.0.1 }, { ip: "fd00::1" }]')}
${pod("api", '[{ ip: 10.0.0.2 }, { ip: "fd00::2" }]', "[{ name: http, containerPort: 8080 }]")}
${pod("db", "[{ ip: 10.0.0.3 }]", "[{ name: sql, containerPort: 5432 }]")}
${pod("spy", "[{ ip: 10.0.1.1 }]", "[]", "other")}
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: shop } }
---
apiVersion: v1
kind: Namespace
metadata: { name: other, labels: { team: other } }
---
apiVersion: v1
kind: Node
metadata: { name: one }
status: { addresses: [{ type: InternalIP, address: 192.0.2.1 }] }
---
apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata: { name: one-vm-machine-eth0, namespace: shop, labels: { app: machine } }
spec:
  orchestrator: vm
  workload: machine
  node: one
  endpoint: eth0
  interfaceName: cali1
  ipNetworks: [10.0.0.9/32]
  profiles: [kns.shop]
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec:
  clusterIP: 10.96.0.1
  selector: { app: db }
  ports: [{ name: sql, port: 3306, targetPort: sql }]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: api, namespace: shop }
spec:
  selector: app == 'api'
  types: [Ingress]
  ingress:
    - action: Allow
      protocol: TCP
      source: { selector: app == 'web' }
      destination: { ports: [http, "9000:9010"] }
    - action: Allow
      source: { serviceAccounts: { names: [machine, spy] }, namespaceSelector: all() }
      http: { methods: [GET], paths: [{ prefix: /orders }] }
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  selector: app == 'db'
  types: [Ingress]
  ingress:
    - action: Allow
      protocol: TCP
      source: { selector: app == 'api' }
      destination: { ports: [5432] }
    - action: Allow
      source: { nets: [198.51.100.0/24] }
`;

/** The shop's objects. */
export const SHOP: readonly AnyResource[] = read(CLUSTER);

/** A test of namespace `shop` that asserts what the YAML list says. */
export function testOf(assertions: string, name = "test"): PolicyTestResource {
  const [test] = read(`
apiVersion: picket.io/v1
kind: PolicyTest
metadata: { name: ${name}, namespace: shop }
spec:
  assertions: ${assertions}`);
  if (test?.kind === "PolicyTest") return test;
  throw new Error("not a test");
}

function read(text: string): AnyResource[] {
  const { resources, errors } = readManifests(text, "fixture");
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return resources.map(({ resource }) => resource);
}
