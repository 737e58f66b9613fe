/** `picket explain` against a cluster that was never told of Picket: a real kube-apiserver. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { memoryTerminal } from "../../src/apps/cli/memory-terminal.ts";
import { run } from "../../src/apps/cli/run.ts";
import { formatKubeconfig } from "../../src/control/sync/kubeconfig.ts";
import { requires } from "../requirements.ts";
import { controlPlaneAssets } from "./assets.ts";
import { ControlPlane } from "./control-plane.ts";

const NAMESPACE = "/api/v1/namespaces/shop";
const POLICIES = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies";

const pod = (name: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { nodeName: "one", containers: [{ name, image: "none", ports: [{ containerPort: 80 }] }] },
});
const policy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "web" },
  spec: {
    podSelector: { matchLabels: { app: "web" } },
    ingress: [
      { from: [{ podSelector: { matchLabels: { app: "client" } } }], ports: [{ port: 80 }] },
    ],
  },
};

describe("picket explain of a cluster", () => {
  const skip = requires({ controlPlane: true });

  it("answers by a cluster that serves Kubernetes' own kinds only", { skip }, async () => {
    await using plane = await ControlPlane.start(controlPlaneAssets() ?? "");
    const directory = mkdtempSync(join(tmpdir(), "picket-cluster-"));
    try {
      const { client } = plane;
      const create = async (path: string, body: unknown) =>
        assert.equal((await client.send("POST", path, body)).status, 201, path);
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
      await create("/api/v1/namespaces", namespace);
      for (const [name, ip] of [
        ["web", "10.0.0.1"],
        ["client", "10.0.0.2"],
      ] as const) {
        await create(`${NAMESPACE}/pods`, pod(name));
        const status = { phase: "Running", podIP: ip, podIPs: [{ ip }] };
        const path = `${NAMESPACE}/pods/${name}`;
        const found = (await client.send("GET", path)).body as object;
        assert.equal(
          (await client.send("PUT", `${path}/status`, { ...found, status })).status,
          200,
        );
      }
      await create(POLICIES, policy);

      const { port, authority, token } = client.connection;
      const kubeconfig = join(directory, "config");
      const server = `https://127.0.0.1:${port}`;
      writeFileSync(
        kubeconfig,
        formatKubeconfig({ server, authority, token, namespace: "default" }),
      );
      const explain = async (to: string, number: string) => {
        const terminal = memoryTerminal();
        const question = ["--from", "shop/client", "--to", to, "--port", number];
        const code = await run(terminal, ["explain", "--kubeconfig", kubeconfig, ...question]);
        return { code, ...terminal };
      };
      const allowed = await explain("shop/web", "80");
      assert.equal(allowed.code, 0);
      assert.equal(
        allowed.printed[0],
        "Allow  TCP shop/client (10.0.0.2) -> shop/web (10.0.0.1) port 80",
      );
      assert.deepEqual(allowed.told, []);
      const denied = await explain("shop/web", "81");
      assert.equal(denied.code, 1);
      assert.ok(denied.printed.some((line) => line.endsWith("no: port is 81")));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
