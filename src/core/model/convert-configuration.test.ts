import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelFrom } from "../../../test/scenario.ts";
import { formatPrefix } from "../net/address.ts";
import { formatProtocol } from "../net/protocol.ts";
import { configurationOf, DEFAULT_CONFIGURATION, type FailsafePort } from "./configuration.ts";

const N1 = "{ apiVersion: v1, kind: Node, metadata: { name: n1, labels: { zone: a } } }";

function settings(name: string, spec: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: { name: ${name} }
spec: ${spec}
`;
}

describe("the configuration of a model", () => {
  it("is the default where nothing is said", () => {
    const model = modelFrom();
    assert.deepEqual(model.configuration, DEFAULT_CONFIGURATION);
    assert.equal(model.nodeConfigurations.size, 0);
  });

  /** A setting, and what is then not as by default. */
  const fields: readonly (readonly [spec: string, wanted: object])[] = [
    ["{ defaultEndpointToHostAction: Accept }", { endpointToHost: "Accept" }],
    ["{ defaultEndpointToHostAction: RETURN }", { endpointToHost: "Return" }],
    ['{ defaultEndpointToHostAction: "" }', {}],
    ["{ allowVXLANPacketsFromWorkloads: true }", { allowVxlanFromWorkloads: true }],
    ["{ allowIPIPPacketsFromWorkloads: true }", { allowIpipFromWorkloads: true }],
    ["{ vxlanPort: 8472 }", { vxlanPort: 8472 }],
    ["{ disableConntrackInvalidCheck: true }", { dropInvalid: false }],
  ];
  for (const [spec, wanted] of fields) {
    it(`has the setting ${spec}`, () => {
      const { configuration, problems } = modelFrom(settings("default", spec));
      assert.deepEqual(configuration, { ...DEFAULT_CONFIGURATION, ...wanted });
      assert.deepEqual(problems, []);
    });
  }

  const failsafes: readonly (readonly [list: string, wanted: string])[] = [
    ["[]", ""],
    ["[{ port: 22 }]", "TCP 22"],
    ["[{ protocol: SCTP, port: 5 }, { protocol: UDP, port: 6 }]", "SCTP 5, UDP 6"],
    ["[{ port: 22, net: 10.1.2.3/8 }]", "TCP 22 10.0.0.0/8"],
    ["[{ port: 22, net: '10.1.2.3' }]", "TCP 22 10.1.2.3/32"],
  ];
  for (const [list, wanted] of failsafes) {
    it(`has the failsafe ports ${list}, in their direction only`, () => {
      const spec = `{ failsafeOutboundHostPorts: ${list} }`;
      const { failsafePorts } = modelFrom(settings("default", spec)).configuration;
      assert.equal(failsafePorts.egress.map(portText).join(", "), wanted);
      assert.deepEqual(failsafePorts.ingress, DEFAULT_CONFIGURATION.failsafePorts.ingress);
    });
  }

  it("is a node's own, field by field: by its name, then by its labels, then everybody's", () => {
    const model = modelFrom(
      N1,
      settings("default", "{ vxlanPort: 1, defaultEndpointToHostAction: Accept }"),
      settings("zone-a", "{ nodeSelector: zone == 'a', vxlanPort: 2 }"),
      settings(
        "zone-b",
        "{ nodeSelector: has(zone), vxlanPort: 3, disableConntrackInvalidCheck: true }",
      ),
      settings("node.n1", "{ allowIPIPPacketsFromWorkloads: true }"),
      settings("node.n2", "{ vxlanPort: 4 }"),
    );
    const asked = ["n1", "n2", "n3"].map((node) => {
      const one = configurationOf(model, node);
      const { endpointToHost, vxlanPort, dropInvalid, allowIpipFromWorkloads } = one;
      return [endpointToHost, vxlanPort, dropInvalid, allowIpipFromWorkloads].join(" ");
    });
    assert.deepEqual(asked, ["Accept 2 false true", "Accept 4 true false", "Accept 1 true false"]);
    assert.deepEqual(model.problems, []);
  });

  it("does not depend on the order of the objects", () => {
    const objects = [
      N1,
      settings("b", "{ nodeSelector: all(), vxlanPort: 2 }"),
      settings("a", "{ nodeSelector: all(), vxlanPort: 3 }"),
    ];
    const ports = [objects, objects.toReversed()].map(
      (all) => configurationOf(modelFrom(...all), "n1").vxlanPort,
    );
    assert.deepEqual(ports, [3, 3]);
  });

  const reported: readonly (readonly [name: string, spec: string, path: string])[] = [
    ["default", "{ nftablesFilterDenyAction: Reject }", "spec.nftablesFilterDenyAction"],
    ["node.n1", "{ iptablesMangleAllowAction: RETURN }", "spec.iptablesMangleAllowAction"],
    ["default", "{ workloadSourceSpoofing: Any }", "spec.workloadSourceSpoofing"],
    ["default", "{ interfacePrefix: 'cali,tap' }", "spec.interfacePrefix"],
    ["default", "{ logActionRateLimit: 10/minute }", "spec.logActionRateLimit"],
    ["default", "{ ipv6Support: false }", "spec.ipv6Support"],
    ["default", "{ nftablesMode: Disabled }", "spec.nftablesMode"],
    ["other", "{ vxlanPort: 1 }", "metadata.name"],
  ];
  for (const [name, spec, path] of reported) {
    it(`says that ${spec} of ${name} is not in force`, () => {
      const { problems } = modelFrom(settings(name, spec));
      assert.deepEqual(
        problems.map((problem) => `${problem.kind} ${problem.path}`),
        [`FelixConfiguration ${path}`],
      );
    });
  }

  it("says nothing of settings that ask for what happens anyway", () => {
    const spec =
      "{ nftablesFilterDenyAction: drop, interfacePrefix: cali, nftablesMode: Enabled, " +
      "workloadSourceSpoofing: Disabled, ipv6Support: true, kubeNodePortRanges: ['30000:32767'] }";
    assert.deepEqual(modelFrom(settings("default", spec)).problems, []);
  });
});

function portText({ protocol, port, net }: FailsafePort): string {
  return [formatProtocol(protocol), port, ...(net ? [formatPrefix(net)] : [])].join(" ");
}
