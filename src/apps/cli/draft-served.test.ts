import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ControlPlane } from "../server/control-plane.ts";
import { memoryTerminal } from "./memory-terminal.ts";
import { run } from "./run.ts";
import { openStore, serve } from "./serving.ts";

const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { nodeName: one, containers: [{ name: main }] }
status: { podIPs: [{ ip: 10.0.0.1 }] }
`;
const POLICY = `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  selector: app == 'web'
  ingress: [{ action: Allow, protocol: TCP }, { action: Deny, protocol: TCP }]
`;

describe("lint and preview against a server", () => {
  let data = "";
  let plane: ControlPlane;
  before(async () => {
    data = mkdtempSync(join(tmpdir(), "picket-draft-"));
    plane = await openStore(memoryTerminal(), data);
    await serve(plane, { data, port: 0 });
    await picket(["apply", "-f", "-"], `${CLUSTER}---${POLICY}`);
  });
  after(async () => {
    await plane.close();
    rmSync(data, { recursive: true });
  });

  const picket = async (args: readonly string[], stdin = "") => {
    const terminal = memoryTerminal(stdin);
    const code = await run(terminal, [...args, "--data", data]);
    return { code, printed: terminal.printed.join("\n") };
  };

  it("lints the objects that it holds", async () => {
    const { code, printed } = await picket(["lint", "-o", "json"]);
    const { findings } = JSON.parse(printed);
    assert.equal(code, 1);
    assert.deepEqual(
      findings.map((one: { code: string; path: string }) => [one.code, one.path]),
      [["contradicted-rule", "spec.ingress[1]"]],
    );
  });

  it("changes nothing by what it holds already", async () => {
    const { code, printed } = await picket(["preview", "-"], POLICY);
    assert.deepEqual(printed.split("\n"), [
      "as before: NetworkPolicy shop/web",
      "no difference: the same connections pass",
    ]);
    assert.equal(code, 0);
  });

  it("says what a draft would change, and leaves the server as it is", async () => {
    const draft = POLICY.replace("action: Allow, protocol: TCP", "action: Allow, protocol: UDP");
    const { code, printed } = await picket(["preview", "-", "-o", "json"], draft);
    assert.equal(code, 1);
    const { connections } = JSON.parse(printed);
    assert.deepEqual(connections.changed[0].before, { TCP: [[1, 65_535]] });
    assert.deepEqual(connections.changed[0].after, { UDP: [[1, 65_535]] });
    const { printed: held } = await picket(["get", "cnp", "web", "-n", "shop", "-o", "json"]);
    assert.equal(JSON.parse(held).spec.ingress[0].protocol, "TCP");
  });
});
