import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { memoryTerminal } from "./memory-terminal.ts";
import { run } from "./run.ts";

const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { nodeName: one, containers: [{ ports: [{ name: http, containerPort: 80 }] }] }
status: { podIPs: [{ ip: 10.0.0.1 }, { ip: "fd00::1" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: shop, labels: { app: client } }
spec: { nodeName: one }
status: { podIPs: [{ ip: 10.0.0.2 }, { ip: "fd00::2" }] }
`;
const POLICY = `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Log
    - action: Allow
      protocol: TCP
      source:
        selector: app == 'client'
      destination:
        ports: [http]
`;

describe("picket explain", () => {
  let directory = "";
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "picket-explain-"));
    writeFileSync(join(directory, "cluster.yaml"), CLUSTER);
    writeFileSync(join(directory, "policy.yaml"), POLICY);
  });
  after(() => rmSync(directory, { recursive: true }));

  const explain = async (...args: string[]) => {
    const terminal = memoryTerminal();
    const files = args.includes("-f") ? [] : ["-f", directory];
    const code = await run(terminal, ["explain", ...files, ...args]);
    return { code, ...terminal };
  };
  const json = async (...args: string[]) => {
    const { code, printed } = await explain("-o", "json", ...args);
    assert.equal(printed.length, 1);
    return { code, ...JSON.parse(printed[0] ?? "") };
  };

  it("names the rule that allows, its index from 0, its file and line", async () => {
    const found = await json("--from", "shop/client", "--to", "shop/web", "--port", "80");
    assert.equal(found.code, 0);
    assert.equal(found.verdict, "Allow");
    assert.deepEqual(found.ingress, {
      tier: "default",
      policy: "NetworkPolicy shop/web",
      kind: "NetworkPolicy",
      namespace: "shop",
      name: "web",
      rule: 1,
      file: join(directory, "policy.yaml"),
      line: 10,
      reason: "rule",
      action: "Allow",
    });
    assert.equal(found.egress, undefined, "no policy governs what the client sends");
    assert.deepEqual(
      found.steps.map((step: { direction: string }) => step.direction),
      ["egress", "ingress"],
    );
    assert.equal(found.steps[1].logs[0].line, 9);
  });

  it("names the policy at the end of whose tier a packet is denied", async () => {
    const found = await json("--from", "192.0.2.1", "--to", "shop/web", "--port", "80");
    assert.equal(found.code, 1);
    assert.equal(found.verdict, "Deny");
    const { rule, line, reason } = found.ingress;
    assert.deepEqual({ rule, line, reason }, { rule: -1, line: 1, reason: "end-of-tier" });
  });

  it("takes a port by name, and the family that is asked for", async () => {
    const ends = ["--from", "shop/client", "--to", "shop/web"];
    const found = await json(...ends, "--port", "http", "--family", "6");
    assert.equal(found.destination, "fd00::1");
    assert.equal(found.port, 80);
    assert.equal(found.verdict, "Allow");
  });

  it("prints for people both walks, rule by rule", async () => {
    const { printed } = await explain("--from", "shop/client", "--to", "shop/web", "--port", "80");
    const place = join(directory, "policy.yaml");
    assert.deepEqual(printed.slice(0, 8), [
      "Allow  TCP shop/client (10.0.0.2) -> shop/web (10.0.0.1) port 80",
      "",
      "egress of shop/client    Allow  no policy selects it for egress; profile kns.shop allows",
      "ingress of shop/web      Allow",
      "  tier default (order 1000000)",
      `    1  NetworkPolicy shop/web   order -   ${place}:1`,
      "       rule 1  Log                                           :9   yes: logged, and on",
      "       rule 2  Allow TCP from app == 'client', to port http  :10  yes",
    ]);
  });

  for (const [asked, told] of [
    [["--icmp", "8/0", "--port", "80"], /ICMP has no ports: leave --port and --source-port out$/],
    [["--protocol", "50", "--port", "80"], /50 has no ports/],
    [["--port", "80", "--icmp-type", "8"], /TCP has no ICMP type: want --protocol ICMP$/],
    [["--icmp", "8/0", "--icmp-code", "1"], /give --icmp, or --icmp-type and --icmp-code, not/],
    [["--protocol", "UDP", "--port", "80", "--http", "GET /"], /sent by TCP, not UDP$/],
    [["--icmp", "8/0", "--grpc", "a.B/C"], /requests are sent by TCP, not ICMP$/],
  ] as const) {
    it(`answers no question of which a part would go unheard: ${asked.join(" ")}`, async () => {
      const ends = ["--from", "shop/client", "--to", "shop/web"];
      const { code, printed, told: lines } = await explain(...ends, ...asked);
      assert.equal(code, 2);
      assert.deepEqual(printed, []);
      assert.match(lines.at(-1) ?? "", told);
    });
  }

  it("says what staged policies would make of it", async () => {
    const staged = join(directory, "staged");
    mkdirSync(staged, { recursive: true });
    const trial = POLICY.replace("kind: ", "kind: Staged")
      .replace("name: web", "name: trial")
      .replace("action: Allow", "action: Deny");
    writeFileSync(join(staged, "all.yaml"), `${CLUSTER}---\n${POLICY}---\n${trial}`);
    const ends = ["-f", staged, "--from", "shop/client", "--to", "shop/web", "--port", "80"];
    const { code, printed } = await explain(...ends);
    assert.equal(code, 0, "a staged policy changes no verdict");
    const pending = printed.find((line) => line.includes("staged policies"));
    assert.match(
      pending ?? "",
      /^ +staged policies would deny: StagedNetworkPolicy shop\/trial rule 2 .*all\.yaml:43$/,
    );
    const { steps } = await json(...ends);
    assert.equal(steps[0].pending, undefined);
    const { policy, rule, line, action, reason } = steps[1].pending;
    assert.deepEqual(
      { policy, rule, line, action, reason },
      {
        policy: "StagedNetworkPolicy shop/trial",
        rule: 1,
        line: 43,
        action: "Deny",
        reason: "rule",
      },
    );
  });

  for (const [label, selector] of [
    ["projectcalico.org/namespace: prod", "projectcalico.org/namespace == 'prod'"],
    ["projectcalico.org/serviceaccount: admin", "projectcalico.org/serviceaccount == 'admin'"],
    ["projectcalico.org/orchestrator: none", "projectcalico.org/orchestrator == 'none'"],
    ["pcns.team: prod", "pcns.team == 'prod'"],
    ["pcsa.role: admin", "pcsa.role == 'admin'"],
  ] as const) {
    it(`does not believe a pod that calls itself ${label}`, async () => {
      const reserved = join(directory, "reserved");
      mkdirSync(reserved, { recursive: true });
      const cluster = CLUSTER.replace("app: client }", `app: client, ${label} }`);
      const policy = POLICY.replace("selector: app == 'client'", `selector: ${selector}`);
      assert.ok(cluster.includes(label) && policy.includes(selector));
      writeFileSync(join(reserved, "all.yaml"), `${cluster}---\n${policy}`);
      const ends = ["--from", "shop/client", "--to", "shop/web", "--port", "80"];
      assert.equal((await json("-f", reserved, ...ends)).verdict, "Deny");
    });
  }

  it("places pods that no cluster has placed yet", async () => {
    const bare = join(directory, "bare");
    mkdirSync(bare, { recursive: true });
    const pod = (name: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }\n`;
    writeFileSync(join(bare, "all.yaml"), `${pod("web")}---\n${pod("client")}---\n${POLICY}`);
    const ends = ["--from", "shop/client", "--to", "shop/web", "--port", "80"];
    const found = await explain("-f", bare, ...ends);
    assert.equal(found.code, 1, "the port's name leads nowhere");
    assert.match(found.told[0] ?? "", /no manifest describes namespace shop/);
    assert.match(
      found.told[1] ?? "",
      /pod shop\/web has no address yet; taken to have 100\.64\.0\.1/,
    );
  });

  it("says what half a cluster leaves open", async () => {
    const half = join(directory, "half");
    mkdirSync(half, { recursive: true });
    const ghost = POLICY.replace("namespace: shop", "namespace: ghost");
    writeFileSync(join(half, "all.yaml"), `${CLUSTER}---\n${ghost}`);
    const ends = ["-f", half, "--from", "shop/client", "--to", "shop/web", "--port", "80"];
    const { code, told } = await explain(...ends);
    assert.equal(code, 0);
    assert.deepEqual(told, [
      "note: no manifest describes namespace ghost; its policy web selects nothing",
    ]);
  });

  it("counts what is written last, and says so", async () => {
    const twice = join(directory, "twice");
    mkdirSync(twice, { recursive: true });
    const open = POLICY.replace("selector: app == 'client'", "selector: all()");
    writeFileSync(join(twice, "all.yaml"), `${CLUSTER}---\n${POLICY}---\n${open}`);
    const ends = ["-f", twice, "--from", "shop/web", "--to", "shop/web", "--port", "80"];
    const { code, told } = await explain(...ends);
    assert.equal(code, 0);
    assert.match(
      told[0] ?? "",
      /NetworkPolicy shop\/web is written twice: .*:34 counts, not .*:18$/,
    );
  });

  it("takes a Deployment for its pods", async () => {
    const deployed = join(directory, "deployed");
    mkdirSync(deployed, { recursive: true });
    const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: batch, namespace: shop }
spec: { template: { metadata: { labels: { app: client } }, spec: { containers: [] } } }
`;
    writeFileSync(join(deployed, "all.yaml"), `${CLUSTER}---\n${POLICY}---${deployment}`);
    const ends = ["-f", deployed, "--from", "shop/batch", "--to", "shop/web", "--port", "80"];
    assert.equal((await explain(...ends)).code, 0);
  });

  it("answers nothing by manifests that are wrong", async () => {
    const wrong = join(directory, "wrong");
    mkdirSync(wrong, { recursive: true });
    writeFileSync(join(wrong, "all.yaml"), POLICY.replace("action: Log", "action: Logg"));
    const ends = ["-f", wrong, "--from", "10.0.0.1", "--to", "10.0.0.2", "--port", "80"];
    const { code, told } = await explain(...ends);
    assert.equal(code, 2);
    assert.match(told.at(-1) ?? "", /refused/);
  });

  it("takes ICMPv6 by its number for IPv6's", async () => {
    const found = await json("--from", "shop/client", "--to", "shop/web", "--protocol", "58");
    assert.deepEqual([found.protocol, found.destination], ["ICMPv6", "fd00::1"]);
  });

  it("names the setting, where it is no policy that denies", async () => {
    const folder = join(directory, "host");
    mkdirSync(folder, { recursive: true });
    const node = `apiVersion: v1
kind: Node
metadata: { name: one }
status: { addresses: [{ type: InternalIP, address: 172.16.0.1 }] }
`;
    writeFileSync(join(folder, "all.yaml"), `${CLUSTER}---\n${node}`);
    const { code, printed } = await explain(
      ...["-f", folder, "--from", "shop/client", "--to", "one", "--port", "80"],
    );
    assert.equal(code, 1);
    assert.match(printed.at(-3) ?? "", /own host: defaultEndpointToHostAction of FelixConfig/);
    assert.deepEqual(printed.slice(-2), [
      "",
      "No change of a policy or a label that was tried would allow it.",
    ]);
  });

  it("says when packets to oneself meet policy at all", async () => {
    const ends = ["--from", "shop/web", "--to", "shop/web", "--port", "80"];
    const { code, told } = await explain(...ends);
    assert.equal(code, 1);
    assert.match(told.join("\n"), /sent to oneself leaves, and meets policy, through a Service/);
  });

  it("says that nobody polices a connection", async () => {
    const { printed } = await explain("--from", "192.0.2.1", "--to", "192.0.2.2", "--port", "80");
    assert.deepEqual(printed.slice(1), ["", "nobody polices it"]);
  });

  for (const [what, args, message] of [
    ["ICMPv6 over IPv4", ["--to", "shop/web", "--protocol", "58", "--family", "4"], /want ICMP$/],
    ["a pod that is not there", ["--to", "shop/wep", "--port", "80"], /near it are shop\/web/],
    ["a connection without its port", ["--to", "shop/web"], /TCP needs --port/],
    ["a protocol nobody knows", ["--to", "shop/web", "--protocol", "TPC"], /"TPC" is not a proto/],
    ["a port nobody serves", ["--to", "shop/web", "--port", "htp"], /no TCP port called "htp"/],
    ["sides of two families", ["--to", "::1", "--family", "4", "--port", "1"], /no IPv4 address/],
  ] as const) {
    it(`refuses ${what} as usage`, async () => {
      const { code, told } = await explain("--from", "shop/client", ...args);
      assert.equal(code, 2);
      assert.match(told.at(-1) ?? "", message);
    });
  }
});
