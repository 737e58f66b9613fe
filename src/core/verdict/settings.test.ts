import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostEndpoint, manifestOf, namespace, node, pod } from "../../../test/cluster.ts";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import { type Configuration, DEFAULT_CONFIGURATION } from "../model/configuration.ts";
import { address, prefix } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { TCP } from "../net/protocol.ts";
import { Cluster } from "./cluster.ts";
import { formatStep } from "./format.ts";
import { judge } from "./judge.ts";

const CLUSTER = manifestOf(
  namespace("prod"),
  node("node-1", "172.16.0.1"),
  pod("prod/red", "node-1", ["10.0.0.1"]),
);
const HOST = manifestOf(hostEndpoint("host", "node-1"));

function policy(spec: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: web }
spec: { selector: has(host), applyOnForward: true, ${spec} }
`;
}

const PROFILE = "allow  egress of prod/red: profile kns.prod rule 1";
const TO_HOST = "egress of prod/red: workloads' traffic to their own host";
const SSH = { protocol: TCP, port: 22, net: prefix("192.0.2.0/24") };

/** Settings, a connection, and the steps that it meets. */
const ROWS: readonly (readonly [Partial<Configuration>, string, ...string[]])[] = [
  [{}, "10.0.0.1 172.16.0.1 TCP 80", PROFILE, `deny  ${TO_HOST}`],
  [{ endpointToHost: "Return" }, "10.0.0.1 172.16.0.1 TCP 80", PROFILE, `none  ${TO_HOST}`],
  [{ endpointToHost: "Accept" }, "10.0.0.1 172.16.0.1 TCP 80", PROFILE, `allow  ${TO_HOST}`],
  [
    { vxlanPort: 8472 },
    "10.0.0.1 192.0.2.1 UDP 4789",
    PROFILE,
    "allow  forward egress of host: no policy for forwarded traffic",
  ],
  [
    { vxlanPort: 8472 },
    "10.0.0.1 192.0.2.1 UDP 8472",
    "deny  egress of prod/red: workloads may not send tunnel packets",
    "allow  forward egress of host: no policy for forwarded traffic",
  ],
  [
    { failsafePorts: { ingress: [SSH], egress: [] } },
    "192.0.2.1 172.16.0.1 TCP 22",
    "allow  ingress of host: failsafe port",
  ],
  [
    { failsafePorts: { ingress: [SSH], egress: [] } },
    "198.51.100.1 172.16.0.1 TCP 22",
    "deny  ingress of host: no profile allows it",
  ],
];

describe("judge: settings", () => {
  for (const [configuration, flow, ...steps] of ROWS) {
    it(`${JSON.stringify(configuration)}: ${flow}: ${steps.at(-1)}`, () => {
      const verdict = judged(flowFrom(flow), configuration);
      assert.deepEqual(verdict.steps.map(formatStep), steps);
      assert.equal(
        verdict.action,
        steps.some((step) => step.startsWith("deny")) ? "Deny" : "Allow",
      );
    });
  }
});

describe("judge: a destination that was translated", () => {
  const flow: Flow = {
    ...flowFrom("192.0.2.1 10.0.0.1 TCP 8080"),
    originalDestination: { address: address("172.16.0.1"), port: 30_080 },
  };
  const denies = (list: string, port: number) =>
    policy(
      `${list}, ingress: [{ action: Deny, protocol: TCP, destination: { ports: [${port}] } }]`,
    );

  it("is as it was to pre-DNAT and untracked policy", () => {
    for (const list of ["preDNAT: true", "doNotTrack: true"]) {
      assert.equal(judged(flow, {}, denies(list, 30_080)).action, "Deny");
      assert.equal(judged(flow, {}, denies(list, 8080)).action, "Allow");
    }
  });

  it("is as it became to the others", () => {
    assert.equal(
      judged(flow, {}, denies("types: [Ingress]", 30_080)).steps[0]?.decision.by,
      "end-of-tier",
    );
    assert.equal(judged(flow, {}, denies("types: [Ingress]", 8080)).steps[0]?.decision.by, "rule");
  });
});

describe("judge: staged policies", () => {
  it("are pending, and enforced by nobody", () => {
    const staged = policy("types: [Ingress]").replace("kind: G", "kind: StagedG");
    const { action, steps } = judged(flowFrom("192.0.2.1 10.0.0.1 TCP 80"), {}, staged);
    assert.equal(action, "Allow");
    assert.deepEqual(
      steps.map(({ list, action, pending }) => [list, action, pending?.action]),
      [
        ["forward", "Allow", "Deny"],
        ["normal", "Allow", undefined],
      ],
    );
  });
});

function judged(flow: Flow, configuration: Partial<Configuration>, ...more: string[]) {
  const model = modelFrom(CLUSTER, HOST, ...more);
  const settings = { ...DEFAULT_CONFIGURATION, ...configuration };
  return judge(new Cluster({ ...model, configuration: settings }), flow);
}
