import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadCredentials } from "../../control/apiserver/credentials.ts";
import { type ApiServer, createApiServer } from "../../control/apiserver/server.ts";
import { MemoryStorage } from "../../control/storage/memory.ts";
import { ApiClient } from "../../control/sync/api-client.ts";
import { ApiSyncer } from "../../control/sync/api-syncer.ts";
import { address } from "../../core/net/address.ts";
import { KINDS } from "../../core/resources/kinds.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { FakeClock } from "../../dataplane/apply/clock.ts";
import { fakeNft } from "../../dataplane/nft/fake-nft.ts";
import { Enforcer } from "./enforcer.ts";
import { followNode } from "./node-calculation.ts";

const API = "projectcalico.org/v3";
const ADMIN = "policy.networking.k8s.io/v1alpha1";
const EVERYONE = { namespaces: {} };

/** One pod on the node, which may send to a service and nowhere else. */
const CLUSTER: readonly object[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
  { apiVersion: "v1", kind: "Node", metadata: { name: "one" } },
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
    spec: { nodeName: "one", containers: [{ name: "main", image: "web" }] },
    status: { phase: "Running", podIPs: [{ ip: "10.0.0.1" }] },
  },
  policy("GlobalNetworkPolicy", {
    selector: "app == 'web'",
    types: ["Egress"],
    egress: [{ action: "Allow", destination: { services: { name: "db", namespace: "shop" } } }],
  }),
];

const SLICE = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: {
    name: "db-1",
    namespace: "shop",
    labels: { "kubernetes.io/service-name": "db" },
  },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.0.0.9"] }],
  ports: [{ name: "db", protocol: "TCP", port: 5432 }],
};

/** In the order they are applied, and whether the kernel hears of it. */
const WRITES: readonly (readonly [title: string, manifest: object, changes: boolean])[] = [
  ["an EndpointSlice", SLICE, true],
  [
    "one backend more",
    { ...SLICE, endpoints: [{ addresses: ["10.0.0.9"] }, { addresses: ["10.0.0.8"] }] },
    true,
  ],
  [
    "a Service",
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "db", namespace: "shop" },
      spec: { ports: [{ port: 5432 }] },
    },
    false,
  ],
  ["a FelixConfiguration", felix("default", { defaultEndpointToHostAction: "Accept" }), true],
  ["a FelixConfiguration of the node", felix("node.one", { vxlanPort: 8472 }), true],
  ["a FelixConfiguration of another node", felix("node.two", { vxlanPort: 8473 }), false],
  ["a StagedGlobalNetworkPolicy", policy("StagedGlobalNetworkPolicy", denyAll()), false],
  ["a StagedNetworkPolicy", policy("StagedNetworkPolicy", denyAll(), "shop"), false],
  [
    "a StagedKubernetesNetworkPolicy",
    policy("StagedKubernetesNetworkPolicy", { podSelector: {}, policyTypes: ["Egress"] }, "shop"),
    false,
  ],
  [
    "a ClusterNetworkPolicy",
    administrators("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2", {
      tier: "Admin",
      priority: 1,
      subject: EVERYONE,
      egress: [{ action: "Deny", to: [{ networks: ["192.0.2.0/24"] }] }],
    }),
    true,
  ],
  [
    "an AdminNetworkPolicy",
    administrators("AdminNetworkPolicy", ADMIN, {
      priority: 2,
      subject: EVERYONE,
      egress: [{ action: "Allow", to: [{ networks: ["198.51.100.0/24"] }] }],
    }),
    true,
  ],
  [
    "a BaselineAdminNetworkPolicy",
    {
      ...administrators("BaselineAdminNetworkPolicy", ADMIN, {
        subject: EVERYONE,
        ingress: [{ action: "Deny", from: [{ namespaces: {} }] }],
      }),
      metadata: { name: "default" },
    },
    true,
  ],
];

describe("the agent follows", () => {
  const directory = mkdtempSync(join(tmpdir(), "picket-agent-"));
  const nft = fakeNft();
  let server: ApiServer;
  let client: ApiClient;
  let enforcer: Enforcer;
  let unfollow: () => void;

  const applied = async (manifest: object): Promise<number> => {
    const answer = await client.applyAll([manifest as Resource]);
    const object = answer.ok ? answer.value.items[0]?.object : undefined;
    assert.ok(object, JSON.stringify(answer));
    return Number(object.metadata.resourceVersion);
  };

  before(async () => {
    const { authority, cert, key, token } = await loadCredentials(directory, Date.now());
    const log = {
      error: (about: object, message: string) => assert.fail(`${message} ${JSON.stringify(about)}`),
    };
    const storage = new MemoryStorage();
    const tls = { cert, key };
    server = await createApiServer({ storage, kinds: KINDS, token, tls, log, version: "0" });
    const url = await server.listen(0);
    client = new ApiClient({ server: url, authority, token, namespace: "default" });
    enforcer = new Enforcer({
      node: "one",
      nft,
      clock: new FakeClock(),
      interfaces: () => [{ name: "eth0", addresses: [address("192.0.2.1")] }],
    });
    unfollow = followNode(new ApiSyncer({ client, kinds: KINDS }), "one", (source) =>
      enforcer.enforce(source),
    );
    let revision = 0;
    for (const manifest of CLUSTER) revision = await applied(manifest);
    await enforcer.enforced(revision);
  });
  after(async () => {
    unfollow();
    client.close();
    await server.close();
    await enforcer.stop();
    rmSync(directory, { recursive: true });
  });

  for (const [title, manifest, changes] of WRITES) {
    it(`${title}: ${changes ? "the kernel has it" : "nothing for the kernel"}`, async () => {
      const count = nft.transactions.length;
      await enforcer.enforced(await applied(manifest));
      assert.deepEqual(enforcer.health.refused, []);
      assert.equal(nft.transactions.length > count, changes);
    });
  }

  it("a rule for requests, and says that no packet matches it", async () => {
    const http = { methods: ["GET"] };
    const spec = {
      selector: "app == 'web'",
      types: ["Ingress"],
      ingress: [{ action: "Allow", protocol: "TCP", http }],
    };
    await enforcer.enforced(await applied(policy("GlobalNetworkPolicy", spec)));
    const told = enforcer.health.problems.map(({ path, message }) => `${path} ${message}`);
    assert.match(told.join("\n"), /^spec\.ingress\[0\]\.http .*request/m);
  });
});

function denyAll(): object {
  return { types: ["Egress"], egress: [{ action: "Log" }, { action: "Deny" }] };
}

function policy(kind: string, spec: object, namespace?: string): object {
  return { apiVersion: API, kind, metadata: { name: "web", namespace }, spec };
}

function administrators(kind: string, apiVersion: string, spec: object): object {
  return { apiVersion, kind, metadata: { name: "all" }, spec };
}

function felix(name: string, spec: object): object {
  return { apiVersion: API, kind: "FelixConfiguration", metadata: { name }, spec };
}
