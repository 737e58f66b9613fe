import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostEndpoint, manifestOf, namespace, node, pod } from "../../../test/cluster.ts";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import { type Configuration, DEFAULT_CONFIGURATION } from "../model/configuration.ts";
import type { Model } from "../model/model.ts";
import { address, prefix } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { SCTP, TCP, UDP } from "../net/protocol.ts";
import { evaluate } from "./evaluate.ts";

/** n1 is 192.168.0.1 and has pod a (10.0.1.1); n2 is 192.168.0.2. */
const CLUSTER = manifestOf(
  namespace("x"),
  node("n1", "192.168.0.1"),
  node("n2", "192.168.0.2"),
  pod("x/a", "n1", ["10.0.1.1"]),
);
const HOST = manifestOf(hostEndpoint("h", "n1"));

function policy(spec: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: p }
spec: { selector: has(host), applyOnForward: true, ${spec} }
`;
}

function judged(configuration: Partial<Configuration>, flow: string | Flow, ...more: string[]) {
  const model: Model = {
    ...modelFrom(CLUSTER, ...more),
    configuration: { ...DEFAULT_CONFIGURATION, ...configuration },
  };
  const { action, steps } = evaluate(model, typeof flow === "string" ? flowFrom(flow) : flow);
  return [action, ...steps.map((step) => `${step.list} ${step.action} ${step.decision.by}`)];
}

describe("what settings do to a workload's traffic to its host", () => {
  for (const [endpointToHost, verdict, step] of [
    ["Drop", "Deny", "Deny"],
    ["Return", "Allow", "None"],
    ["Accept", "Allow", "Allow"],
  ] as const) {
    it(`${endpointToHost} ends in ${step}, whatever the host's own policy`, () => {
      assert.deepEqual(judged({ endpointToHost }, "10.0.1.1 192.168.0.1 TCP 80", HOST), [
        verdict,
        "normal Allow profile",
        `normal ${step} endpoint-to-host`,
      ]);
    });
  }

  it("never lets pass what the workload's policy denies", () => {
    const none = policy("types: [Egress]").replace("has(host)", "app == 'a'");
    const [action, ...steps] = judged(
      { endpointToHost: "Accept" },
      "10.0.1.1 192.168.0.1 TCP 80",
      none,
    );
    assert.deepEqual([action, steps], ["Deny", ["normal Deny end-of-tier"]]);
  });
});

describe("failsafe ports", () => {
  const only = (direction: "ingress" | "egress", port: object) => ({
    failsafePorts: { ingress: [], egress: [], [direction]: [port] },
  });
  const partner = { protocol: TCP, port: 22, net: prefix("203.0.113.0/24") };
  const raw = policy("doNotTrack: true, types: [Ingress, Egress], ingress: [{ action: Deny }]");
  for (const [what, configuration, flow, outcome, ...more] of [
    ["defaults that are replaced", only("ingress", partner), "8.8.8.8 192.168.0.1 TCP 179", "Deny"],
    ["a net of the source", only("ingress", partner), "203.0.113.9 192.168.0.1 TCP 22", "Allow"],
    ["another source", only("ingress", partner), "8.8.8.8 192.168.0.1 TCP 22", "Deny"],
    [
      "a net of the destination",
      only("egress", partner),
      "192.168.0.1 203.0.113.9 TCP 22",
      "Allow",
    ],
    ["another destination", only("egress", partner), "192.168.0.1 8.8.8.8 TCP 22", "Deny"],
    ["SCTP", only("ingress", { protocol: SCTP, port: 7 }), "8.8.8.8 192.168.0.1 SCTP 7", "Allow"],
    [
      "a reply that raw policy leaves alone",
      { failsafePorts: { ingress: [{ protocol: UDP, port: 9 }], egress: [partner] } },
      "203.0.113.9 192.168.0.1 TCP 9 from 22",
      "untracked Allow failsafe",
      raw,
    ],
    [
      "a reply from elsewhere",
      { failsafePorts: { ingress: [], egress: [partner] } },
      "8.8.8.8 192.168.0.1 TCP 9 from 22",
      "untracked Deny rule",
      raw,
    ],
  ] as const satisfies readonly (readonly [
    string,
    Partial<Configuration>,
    string,
    string,
    ...string[],
  ])[]) {
    it(`${what}: ${outcome}`, () => {
      assert.ok(judged(configuration, flow, HOST, ...more).includes(outcome));
    });
  }
});

describe("tunnels out of workloads", () => {
  const rows: readonly (readonly [Partial<Configuration>, string, "Allow" | "Deny"])[] = [
    [{}, "UDP 4789", "Deny"],
    [{ vxlanPort: 9 }, "UDP 4789", "Allow"],
    [{ vxlanPort: 9 }, "UDP 9", "Deny"],
    [{ allowVxlanFromWorkloads: true }, "UDP 4789", "Allow"],
    [{ allowVxlanFromWorkloads: true }, "4", "Deny"],
    [{ allowIpipFromWorkloads: true }, "4", "Allow"],
    [{ allowIpipFromWorkloads: true }, "UDP 4789", "Deny"],
  ];
  for (const [configuration, message, action] of rows) {
    it(`${JSON.stringify(configuration)}: ${message} ${action}`, () => {
      assert.equal(judged(configuration, `10.0.1.1 8.8.8.8 ${message}`)[0], action);
    });
  }
});

describe("packets of no known connection", () => {
  const untracked = policy(
    "doNotTrack: true, types: [Ingress, Egress], ingress: [{ action: Allow }], egress: [{ action: Pass }]",
  );
  const open = policy(
    "types: [Ingress, Egress], ingress: [{ action: Allow }], egress: [{ action: Allow }]",
  );
  const both = [HOST, untracked, open.replace("name: p", "name: q")];

  it("are refused before policy", () => {
    const [action, ...steps] = judged({}, "8.8.8.8 192.168.0.1 TCP 80", ...both);
    assert.deepEqual([action, steps.at(-1)], ["Deny", "normal Deny invalid-state"]);
  });

  it("are judged where settings say so", () => {
    const [action, ...steps] = judged(
      { dropInvalid: false },
      "8.8.8.8 192.168.0.1 TCP 80",
      ...both,
    );
    assert.deepEqual([action, steps.at(-1)], ["Allow", "normal Allow rule"]);
  });
});

describe("a destination that was translated", () => {
  const flow: Flow = {
    ...flowFrom("8.8.8.8 10.0.1.1 TCP 8080"),
    originalDestination: { address: address("192.168.0.1"), port: 30_080 },
  };
  const denies = (fields: string, port: number) =>
    policy(
      `${fields}, ingress: [{ action: Deny, protocol: TCP, destination: { ports: [${port}] } }]`,
    );
  for (const [what, manifest, decided] of [
    ["pre-DNAT policy sees the original", denies("preDNAT: true", 30_080), "preDNAT Deny rule"],
    ["pre-DNAT policy sees nothing else", denies("preDNAT: true", 8080), "preDNAT None no-match"],
    [
      "untracked policy sees the original",
      denies("doNotTrack: true", 30_080),
      "untracked Deny rule",
    ],
    ["forward policy sees the outcome", denies("types: [Ingress]", 8080), "forward Deny rule"],
  ] as const) {
    it(what, () => assert.ok(judged({}, flow, HOST, manifest).includes(decided)));
  }

  it("is translated on the first node: the next sees the outcome", () => {
    const other = HOST.replace("name: h,", "name: h2,").replace("n1", "n2");
    const toPod: Flow = {
      ...flowFrom("192.168.0.1 192.168.0.2 TCP 8080"),
      originalDestination: { address: address("10.96.0.1"), port: 80 },
    };
    const manifest = denies("preDNAT: true", 80);
    assert.ok(judged({}, toPod, other, manifest).includes("preDNAT None no-match"));
  });
});

describe("settings of one node", () => {
  it("take the place of those of every node", () => {
    const own: Configuration = { ...DEFAULT_CONFIGURATION, endpointToHost: "Accept" };
    const model = { ...modelFrom(CLUSTER), nodeConfigurations: new Map([["n1", own]]) };
    assert.equal(evaluate(model, flowFrom("10.0.1.1 192.168.0.1 TCP 80")).action, "Allow");
  });
});
