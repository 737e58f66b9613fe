import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ControlPlane } from "../server/control-plane.ts";
import { memoryTerminal } from "./memory-terminal.ts";
import { commandLine } from "./program.ts";
import { run } from "./run.ts";
import { openStore, serve } from "./serving.ts";

const POLICY = `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: NAME
spec:
  selector: all()
  order: 10
`;

describe("commands against a server", () => {
  let data = "";
  let plane: ControlPlane;
  before(async () => {
    data = mkdtempSync(join(tmpdir(), "picket-served-"));
    plane = await openStore(memoryTerminal(), data);
    await serve(plane, { data, port: 0 });
  });
  after(async () => {
    await plane.close();
    rmSync(data, { recursive: true });
  });

  const picket = async (args: readonly string[], stdin = "") => {
    const terminal = memoryTerminal(stdin);
    const code = await run(terminal, [...args, "--data", data]);
    return { code, printed: terminal.printed, told: terminal.told.join("\n") };
  };
  const named = (name: string): string => POLICY.replace("NAME", name);

  it("keeps the kubeconfig from everybody else", () => {
    assert.equal(statSync(join(data, "kubeconfig")).mode & 0o777, 0o600);
  });

  it("applies, gets and deletes", async () => {
    const object = "globalnetworkpolicy.projectcalico.org/one";
    const apply = ["apply", "-f", "-"];
    assert.deepEqual((await picket(apply, named("one"))).printed, [`${object} created`]);
    assert.deepEqual((await picket(apply, named("one"))).printed, [`${object} unchanged`]);
    const changed = named("one").replace("10", "20");
    assert.deepEqual((await picket(apply, changed)).printed, [`${object} configured`]);
    const { printed } = await picket(["get", "gnp", "one", "-o", "json"]);
    const found = JSON.parse(printed.join("\n"));
    assert.equal(found.spec.order, 20);
    assert.equal(found.metadata.managedFields, undefined);
    const table = await picket(["get", "globalnetworkpolicies"]);
    assert.match(table.printed.join("\n"), /^NAME +TIER +ORDER.*\none +default +20 /m);
    assert.deepEqual((await picket(["get", "gnp", "-o", "name"])).printed, [object]);
    assert.deepEqual((await picket(["delete", "gnp/one"])).printed, [`${object} deleted`]);
    const gone = await picket(["get", "gnp", "one"]);
    assert.deepEqual([gone.code, gone.printed], [1, []]);
    assert.equal((await picket(["delete", "gnp", "one"])).code, 1);
    assert.equal((await picket(["delete", "gnp", "one", "--ignore-not-found"])).code, 0);
  });

  it("gets objects of several kinds", async () => {
    const { printed } = await picket(["get", "tiers,ns,scnp"]);
    assert.deepEqual(printed.slice(0, 2), [
      "NAME                                   ORDER      DEFAULTACTION   STATUS",
      "tier.projectcalico.org/default         1000000    Deny            Ready",
    ]);
    assert.match(printed.slice(4).join("\n"), /^\nNAME .*\nnamespace\/default /);
    const json = await picket(["get", "tiers,ns", "-o", "json"]);
    const { kind, items } = JSON.parse(json.printed.join("\n"));
    assert.deepEqual([kind, items.length], ["List", 4]);
    assert.equal((await picket(["get", "tiers,ns", "default"])).code, 2);
    assert.match((await picket(["get", "scnp,sknp"])).told, /No resources found in default/);
  });

  it("applies nothing of a file with an error, and all of the others", async () => {
    const good = join(data, "good.yaml");
    const bad = join(data, "bad.yaml");
    writeFileSync(good, named("good"));
    writeFileSync(bad, `${named("half")}---\n${named("bad").replace("all()", "color = 'x'")}`);
    const { code, printed, told } = await picket(["apply", "-f", bad, "-f", good]);
    assert.equal(code, 1);
    assert.deepEqual(printed, ["globalnetworkpolicy.projectcalico.org/good created"]);
    assert.match(told, /bad\.yaml:14:3: spec\.selector: .*expected "=="/);
    assert.match(told, /nothing of this file is applied/);
    assert.equal((await picket(["get", "gnp", "half"])).code, 1);
  });

  it("does not call it a success to apply nothing", async () => {
    const { code, told } = await picket(["apply", "-f", "-"], "# later\n");
    assert.deepEqual([code, told], [1, "picket: no objects to apply in stdin"]);
  });

  it("shows what the shorthand of tutorials should be", async () => {
    const shorthand =
      "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nname: x\norder: 1\n";
    const { code, told } = await picket(["apply", "-f", "-"], shorthand);
    assert.equal(code, 1);
    assert.match(told, /It would be accepted as:\n.*\n.*\n {4}metadata:\n {6}name: x/);
  });

  it("passes on what the server refuses, with the manifest's line", async () => {
    const { code, told } = await picket(
      ["apply", "-f", "-"],
      named("one").replace("spec:", "spec:\n  tier: none"),
    );
    assert.equal(code, 4);
    assert.match(told, /stdin:1: .*Tier "none" does not exist/);
  });

  it("explains by the server's objects", async () => {
    const question = ["--from", "192.0.2.1", "--to", "192.0.2.2", "--port", "80"];
    assert.equal((await picket(["explain", ...question])).code, 0);
  });

  it("does not know every kind", async () => {
    assert.equal((await picket(["get", "frobs"])).code, 2);
  });

  it("says that a server is not reached", async () => {
    const path = join(data, "elsewhere");
    writeFileSync(
      path,
      readFileSync(join(data, "kubeconfig"), "utf8").replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"),
    );
    const { code, told } = await picket(["get", "pods", "--kubeconfig", path]);
    assert.equal(code, 3);
    assert.match(told, /cannot reach https:\/\/127\.0\.0\.1:1/);
  });

  it("tells a server that never was from a kubeconfig that is named and not there", async () => {
    const terminal = memoryTerminal();
    const nowhere = join(data, "nowhere");
    const get = (...args: string[]) =>
      commandLine(terminal, () => {}).parseAsync(["get", "pods", ...args], { from: "user" });
    await assert.rejects(get("--data", nowhere), { code: 3, message: /"picket up" starts/ });
    await assert.rejects(get("--kubeconfig", nowhere), { code: 2, message: /no such kubeconfig/ });
  });

  it("starts no agent whose health port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const program = commandLine({ ...memoryTerminal(), isRoot: true }, () => {});
    const args = ["agent", "--node", "one", "--health-port", String(port), "--data", data];
    const message = /cannot serve health on 127\.0\.0\.1:\d+: .*EADDRINUSE/;
    await assert.rejects(program.parseAsync(args, { from: "user" }), { code: 4, message });
    taken.close();
  });

  it("does not share its store", async () => {
    await assert.rejects(openStore(memoryTerminal(), data), /in use by another process/);
  });
});
