import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { address } from "../../core/net/address.ts";
import { TCP } from "../../core/net/protocol.ts";
import type { ControlPlane } from "../server/control-plane.ts";
import { JudgeHere } from "../server/judge-here.ts";
import { writeReport } from "../server/status-report.ts";
import { EXIT } from "./exit.ts";
import { memoryTerminal } from "./memory-terminal.ts";
import { packetFailure } from "./policy-test-lab.ts";
import { run } from "./run.ts";
import { openStore, serve } from "./serving.ts";
import type { Packet } from "./tour.ts";

const ARTICLE = join(import.meta.dirname, "../../../examples/article");
const STEP = ["-f", join(ARTICLE, "cluster"), "-f", join(ARTICLE, "10-namespaced")];

/** Denies what the article's test wants allowed. */
const CLOSED = `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: closed }
spec: { order: 1, selector: color == 'red', types: [Ingress], ingress: [{ action: Deny }] }
`;

async function picket(args: readonly string[], { stdin = "", isRoot = false } = {}) {
  const terminal = { ...memoryTerminal(stdin), isRoot };
  const code = await run(terminal, args);
  return { code, printed: terminal.printed.join("\n"), told: terminal.told.join("\n") };
}

describe("picket test by a server's objects", () => {
  let data = "";
  let plane: ControlPlane;
  before(async () => {
    data = mkdtempSync(join(tmpdir(), "picket-test-"));
    plane = await openStore(memoryTerminal(), data);
    await serve(plane, { data, port: 0 });
    const applied = await picket(["apply", ...STEP, "--data", data]);
    assert.equal(applied.code, EXIT.yes, applied.told);
  });
  after(async () => {
    await plane.close();
    rmSync(data, { recursive: true });
  });

  it("judges the server's own tests", async () => {
    const { code, printed } = await picket(["test", "--data", data]);
    assert.match(printed, /^production\/cache\n {2}ok {4}the shop reaches its cache\n/);
    assert.match(printed, /3 assertions in 1 test: all hold$/);
    assert.equal(code, EXIT.yes);
  });

  it("judges tests of files by the server's objects", async () => {
    const file = join(data, "test.yaml");
    writeFileSync(
      file,
      `{apiVersion: picket.io/v1, kind: PolicyTest, metadata: {name: new, namespace: production},
        spec: {assertions: [{name: none, expect: deny, from: [{pod: blue}], to: [{pod: red}]}]}}`,
    );
    const { code, printed } = await picket(["test", "-f", file, "--server", "--data", data]);
    assert.match(
      printed,
      /FAIL {2}none {3}test\.yaml:2\n.*is allowed: TCP port 6379 from production\/blue/,
    );
    assert.equal(code, EXIT.no);
  });

  it("refuses to apply what breaks a test, and says which", async () => {
    const { code, told } = await picket(["apply", "-f", "-", "--data", data], { stdin: CLOSED });
    assert.match(told, /"closed" is forbidden: PolicyTest production\/cache would fail: "the shop/);
    assert.equal(code, EXIT.refused);
  });

  it("refuses to delete it too", async () => {
    const policy = ["networkpolicy.projectcalico.org", "allow-tcp-6379", "-n", "production"];
    const { code, told } = await picket(["delete", ...policy, "--data", data]);
    assert.match(told, /would fail: "nobody else does": expected to be denied, but is allowed/);
    assert.equal(code, EXIT.refused);
  });

  it("shows in lists whether a test passes", async () => {
    const judge = new JudgeHere(plane.storage);
    for (const report of judge.reports()) await writeReport(plane.registry, report);
    judge.close();
    const get = ["get", "policytests", "-n", "production", "--data", data];
    const { printed } = await picket(get);
    assert.match(printed, /^NAME +PASSING +ASSERTIONS +AGE\ncache +True +3\/3 +\d+s$/);
  });

  it("has no answer without tests", async () => {
    await picket(["delete", "policytest", "cache", "-n", "production", "--data", data]);
    const { code, told } = await picket(["test", "--data", data]);
    assert.deepEqual([code, told], [EXIT.usage, "picket: the server has no PolicyTest"]);
  });
});

describe("picket test --lab", { skip: requires({ root: true, tools: ["ip", "nft"] }) }, () => {
  it("sends packets, which are as the article's test asserts", async () => {
    const { code, printed } = await picket(["test", ...STEP, "--lab"], { isRoot: true });
    assert.match(printed, /3 assertions in 1 test, [1-9]\d* packets sent: all hold$/);
    assert.equal(code, EXIT.yes);
  });
});

describe("a lab", () => {
  it("is root's", async () => {
    const { code, told } = await picket(["test", ...STEP, "--lab"]);
    assert.deepEqual([code, told], [EXIT.usage, "picket: a lab is root's: run this as root"]);
  });

  const flow = {
    source: address("10.0.0.1"),
    destination: address("10.0.0.2"),
    protocol: TCP,
    sourcePort: 50_000,
    destinationPort: 80,
  };
  const end = (name: string, own: typeof flow.source) => ({ name, address: own, ports: [] });
  const sample = { from: end("a", flow.source), to: end("b", flow.destination), flow };
  const packet = (outcome: Packet["outcome"], answered?: boolean): Packet => {
    return { outcome, detail: "", flow, ...(answered !== undefined && { answered }) };
  };
  const what = "TCP port 80 from a (10.0.0.1) to b (10.0.0.2)";

  for (const [expect, sent, message] of [
    ["allow", packet("delivered", true), undefined],
    ["allow", packet("delivered"), undefined],
    ["allow", packet("delivered", false), `but a packet did not get through: ${what}`],
    [
      "allow",
      packet("dropped"),
      `expected to be allowed, but a packet did not get through: ${what}`,
    ],
    ["deny", packet("dropped"), undefined],
    ["deny", packet("delivered", false), undefined],
    ["deny", packet("delivered", true), `expected to be denied, but a packet got through: ${what}`],
    ["deny", packet("unsent"), `a packet was not sent: ${what}`],
  ] as const) {
    const fate = `${sent.outcome}${sent.answered === undefined ? "" : `, answered ${sent.answered}`}`;
    it(`finds ${message ? "a failure" : "nothing wrong"} where ${expect} met ${fate}`, () => {
      const assertion = { name: "it", expect, from: [], to: [], allowEmpty: false };
      const found = packetFailure({ assertion }, [sample], [sent]);
      assert.equal(
        found?.message.endsWith(message ?? "?"),
        message === undefined ? undefined : true,
      );
    });
  }
});
