import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Configuration, DEFAULT_CONFIGURATION } from "../../core/model/configuration.ts";
import type { HostEndpoint, WorkloadEndpoint } from "../../core/model/endpoint.ts";
import { address, prefix } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { TCP, UDP } from "../../core/net/protocol.ts";
import type { BothWays, NodePolicy, Section } from "../../core/policy/policy.ts";
import { type Packet, RulesetReader } from "./read-back.ts";
import { render } from "./render.ts";

const POD = "10.0.0.1";
const HOST = "172.16.0.1";
const INTERFACES = [{ name: "eth0", addresses: [address(HOST)] }];
const IPIP = { protocol: 4 };
const BARE = { labels: new Map(), profiles: [], ports: [], node: "n" };
const SSH_FROM_OFFICE = {
  failsafePorts: {
    ingress: [{ protocol: TCP, port: 22, net: prefix("192.0.2.0/24") }],
    egress: [],
  },
};

/** A pod that policy lets send anything, on a host whose host endpoint lets nothing in or out. */
describe("a host's settings", () => {
  for (const [settings, packet, want] of [
    [{}, podToHost(), "drop"],
    [{ endpointToHost: "Accept" }, podToHost(), "accept"],
    [{ endpointToHost: "Return" }, podToHost(), "accept"],
    [{ endpointToHost: "Accept" }, podToHost(udp(4789)), "drop"],
    [{}, podToPeer(udp(4789)), "drop"],
    [{ allowVxlanFromWorkloads: true }, podToPeer(udp(4789)), "accept"],
    [{ vxlanPort: 8472 }, podToPeer(udp(4789)), "accept"],
    [{ vxlanPort: 8472 }, podToPeer(udp(8472)), "drop"],
    [{}, podToPeer(IPIP), "drop"],
    [{ allowVxlanFromWorkloads: true }, podToPeer(IPIP), "drop"],
    [{ allowIpipFromWorkloads: true }, podToPeer(IPIP), "accept"],
    [{}, invalid(podToPeer(tcp(80))), "drop"],
    [{ dropInvalid: false }, invalid(podToPeer(tcp(80))), "accept"],
    [{ dropInvalid: false }, invalid(toHost("192.0.2.9", tcp(80))), "drop"],
    [{}, toHost("192.0.2.9", tcp(22)), "accept"],
    [SSH_FROM_OFFICE, toHost("192.0.2.9", tcp(22)), "accept"],
    [SSH_FROM_OFFICE, toHost("198.51.100.9", tcp(22)), "drop"],
    [SSH_FROM_OFFICE, toHost("2001:db8::9", tcp(22)), "drop"],
    [SSH_FROM_OFFICE, toHost("192.0.2.9", tcp(179)), "drop"],
    [SSH_FROM_OFFICE, invalid(toHost("192.0.2.9", tcp(22))), "drop"],
  ] as const satisfies readonly (readonly [Partial<Configuration>, Packet, string])[]) {
    it(`${nameOf(settings)}: ${show(packet)}: ${want}`, () => {
      const { rendering } = render(nodeWith(settings), INTERFACES, undefined, 1);
      assert.equal(new RulesetReader(rendering.ruleset).read(packet).action, want);
    });
  }

  it("that change leave every map as it is, but for host endpoints' chains", () => {
    const first = render(nodeWith({}), INTERFACES, undefined, 1);
    const second = render(nodeWith(SSH_FROM_OFFICE), INTERFACES, first.allocation, 1);
    assert.equal(second.stale, false);
    const [before, after] = [first.rendering.ruleset, second.rendering.ruleset];
    const changed = [...after.maps].filter(
      ([name, { elements }]) => texts(before.maps.get(name)?.elements) !== texts(elements),
    );
    assert.deepEqual(
      changed.map(([name]) => name),
      ["g1_host_in", "g1_host_out"],
    );
  });
});

type Transport = Pick<Flow, "protocol" | "sourcePort" | "destinationPort">;

function tcp(destinationPort: number): Transport {
  return { protocol: TCP, sourcePort: 40_000, destinationPort };
}

function udp(destinationPort: number): Transport {
  return { protocol: UDP, sourcePort: 40_000, destinationPort };
}

function podToHost(transport = tcp(80)): Packet {
  const flow = { source: address(POD), destination: address(HOST), ...transport };
  return { flow, from: "calia", to: undefined, state: "new" };
}

function podToPeer(transport: Transport): Packet {
  const flow = { source: address(POD), destination: address("192.0.2.9"), ...transport };
  return { flow, from: "calia", to: "eth1", state: "new" };
}

function toHost(source: string, transport: Transport): Packet {
  const from = address(source);
  const destination = address(from.family === 4 ? HOST : "fd10::1");
  return {
    flow: { source: from, destination, ...transport },
    from: "eth0",
    to: undefined,
    state: "new",
  };
}

function invalid(packet: Packet): Packet {
  return { ...packet, state: "invalid" };
}

function nodeWith(settings: Partial<Configuration>): NodePolicy {
  const pod: WorkloadEndpoint = {
    ...BARE,
    kind: "WorkloadEndpoint",
    namespace: "production",
    name: "web",
    interfaceName: "calia",
    addresses: [address(POD)],
  };
  const host: HostEndpoint = {
    ...BARE,
    kind: "HostEndpoint",
    name: "host",
    interfaceName: "eth0",
    addresses: [],
  };
  return {
    node: "n",
    configuration: { ...DEFAULT_CONFIGURATION, ...settings },
    workloads: [{ endpoint: pod, ...bothWays("Allow") }],
    hostEndpoints: [
      {
        endpoint: host,
        normal: bothWays("Deny"),
        forward: bothWays("Allow"),
        untracked: bothWays("None"),
        preDNAT: bothWays("None"),
      },
    ],
  };
}

function bothWays(final: Section["final"]): BothWays {
  const section: Section = { stages: [], final, finalDecision: { by: "no-profile" } };
  return { ingress: section, egress: section };
}

function nameOf(settings: Partial<Configuration>): string {
  if ("failsafePorts" in settings) return "failsafe ssh from 192.0.2.0/24";
  const [[name, value] = ["defaults", ""]] = Object.entries(settings);
  return `${name} ${value}`.trim();
}

function show({ flow, from, to, state }: Packet): string {
  const { source, protocol, destinationPort } = flow;
  const where = `${from} (IPv${source.family}) to ${to ?? "the host"}`;
  return `${state} protocol ${protocol} port ${destinationPort ?? "none"}, ${where}`;
}

function texts(elements: ReadonlyMap<string, string> | undefined): string {
  return [...(elements ?? [])].map(([key, value]) => `${key}=${value}`).join("\n");
}
