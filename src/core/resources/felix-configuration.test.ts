import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFieldError } from "../schema/field-error.ts";
import { refusalOf, specOf } from "./admit-fixture.ts";
import { checkFailsafePort } from "./failsafe-ports.ts";
import { configuredBy, felixConfiguration } from "./felix-configuration.ts";

const DEFAULTS = { nftablesMode: "Auto", nftablesFlowTableOffload: "Disabled" };

describe("FelixConfiguration", () => {
  it("has few defaults, and keeps what is there", () => {
    assert.deepEqual(specOf(felixConfiguration, {}, "default"), DEFAULTS);
    const spec = { nftablesMode: "Disabled", failsafeInboundHostPorts: [], logSeverityScreen: "" };
    assert.deepEqual(specOf(felixConfiguration, spec), { ...DEFAULTS, ...spec });
  });

  for (const [name, who] of [
    ["default", { every: true }],
    ["node.worker-1", { node: "worker-1" }],
    ["nodes", undefined],
  ] as const) {
    it(`called ${name} configures ${who ? JSON.stringify(who) : "whom it selects"}`, () => {
      assert.deepEqual(configuredBy(name), who);
      const refusal = refusalOf(felixConfiguration, { spec: { nodeSelector: "all()" } }, name);
      assert.match(refusal, who ? /^spec.nodeSelector: Forbidden/ : /^$/);
    });
  }

  for (const spec of [
    { defaultEndpointToHostAction: "ACCEPT", iptablesFilterDenyAction: "reject" },
    { failsafeInboundHostPorts: [{ port: 22 }, { protocol: "SCTP", port: 0, net: "10.0.0.0/8" }] },
    { kubeNodePortRanges: [80, "30000:32767"] },
    { logActionRateLimit: "9999/hour", logActionRateLimitBurst: 0, logPrefix: "calico: %t" },
    { bpfConntrackTimeouts: { tcpSynSent: "1.5s", udpTimeout: "Auto", icmpTimeout: "1m30s5ms" } },
    { reportingInterval: "1m30s", usageReportingInterval: "" },
    { featureGates: "a=b,,c=d", featureDetectOverride: "RestoreSupportsLock=,x=true" },
    { routeTableRanges: [{ min: 1, max: 65_535 }] },
    { natOutgoingAddress: "", deviceRouteSourceAddressIPv6: "fd00::1" },
    { externalNodesList: ["10.0.0.1/8", "10.0.0.1"] },
    { mtuIfacePattern: "^((en|wl)[opsx].*|eth\\d+)$" },
    { healthTimeoutOverrides: [{ name: "async calc graph", timeout: "1.5m" }] },
  ]) {
    it(`accepts ${JSON.stringify(spec)}`, () => {
      assert.equal(refusalOf(felixConfiguration, { spec }), "");
    });
  }

  for (const [spec, want] of [
    [{ failsafeInboundHostPort: [] }, /did you mean "failsafeInboundHostPorts"/],
    [
      { failsafeOutboundHostPorts: [{ protocol: "tcp", port: 22 }] },
      /^spec.failsafeOutboundHostPorts\[0\].protocol: Unsupported value: "tcp"/,
    ],
    [{ failsafeInboundHostPorts: [{ protocol: "ICMP", port: 22 }] }, /Unsupported value: "ICMP"/],
    [{ failsafeInboundHostPorts: [{ port: 65536 }] }, /port: .*between 0 and 65535/],
    [{ failsafeInboundHostPorts: [{ port: 22, net: "10.0.0" }] }, /net: .*valid CIDR/],
    [{ failsafeInboundHostPorts: [{}] }, /port: Required value/],
    [{ defaultEndpointToHostAction: "Reject" }, /^spec.defaultEndpointToHostAction/],
    [{ iptablesBackend: "nft" }, /^spec.iptablesBackend: Unsupported value: "nft"/],
    [{ serviceLoopPrevention: "drop" }, /must be one of Drop, Reject, Disabled/],
    [{ workloadSourceSpoofing: "any" }, /must be one of Disabled, Any/],
    [{ logPrefix: "calico\n" }, /^spec.logPrefix: .*must match the pattern/],
    [{ logActionRateLimit: "" }, /^spec.logActionRateLimit/],
    [{ logActionRateLimit: "0/second" }, /^spec.logActionRateLimit/],
    [{ logActionRateLimitBurst: 10_000 }, /less than or equal to 9999/],
    [{ reportingInterval: "1.5s" }, /^spec.reportingInterval/],
    [
      { kubeNodePortRanges: ["http"] },
      /^spec.kubeNodePortRanges\[0\]: .*must be a port or a range/,
    ],
    [{ kubeNodePortRanges: ["0:10"] }, /between 1 and 65535/],
    [{ kubeNodePortRanges: [1, 2, 3, 4, 5, 6, 7, 8] }, /Too many: 8/],
    [{ iptablesMarkMask: 4_294_967_296 }, /less than or equal to 4294967295/],
    [{ natOutgoingAddress: "fd00::1" }, /^spec.natOutgoingAddress: .*must be an IPv4 address/],
    [{ natOutgoingAddress: "::ffff:10.0.0.1" }, /must be an IPv4 address/],
    [{ deviceRouteSourceAddressIPv6: "10.0.0.1" }, /must be an IPv6 address/],
    [{ externalNodesList: ["fd00::/8"] }, /^spec.externalNodesList\[0\]: .*IPv4 network/],
    [{ bpfDSROptoutCIDRs: ["10"] }, /^spec.bpfDSROptoutCIDRs\[0\]/],
    [{ openstackRegion: "a".repeat(47) }, /no more than 46 characters/],
    [{ openstackRegion: "a.b" }, /^spec.openstackRegion/],
    [{ routeTableRange: { min: 1, max: 251 } }, /^spec.routeTableRange: .*within 1..250/],
    [{ routeTableRanges: [{ min: 0, max: 1 }] }, /routeTableRanges\[0\].min: .*at least 1/],
    [{ routeTableRanges: [{ min: 2, max: 1 }] }, /routeTableRanges\[0\].min: .*greater than max/],
    [{ routeTableRanges: [{ min: 1, max: 65_536 }] }, /at most 65535 tables in all/],
    [
      { routeTableRange: { min: 1, max: 2 }, routeTableRanges: [] },
      /^spec.routeTableRange: Forbidden: .*cannot both be set/,
    ],
    [{ healthTimeoutOverrides: [{ name: "a/b", timeout: "1s" }] }, /\[0\].name/],
    [{ healthTimeoutOverrides: [{ name: "a", timeout: "-1s" }] }, /\[0\].timeout/],
    [{ healthTimeoutOverrides: [{ name: "a", timeout: "1" }] }, /\[0\].timeout/],
    [{ reportingInterval: "1".repeat(100_000) }, /^spec.reportingInterval/],
    [{ bpfConntrackTimeouts: { udpTimeout: `${"ms".repeat(50_000)}!` } }, /udpTimeout: .*pattern/],
    [{ healthTimeoutOverrides: [{ name: "a", timeout: "1".repeat(200_000) }] }, /\[0\].timeout/],
    [{ prometheusMetricsHost: "a b" }, /^spec.prometheusMetricsHost/],
    [{ bpfForceTrackPacketsFromIfaces: ["docker+", "a b"] }, /PacketsFromIfaces\[1\]/],
    [{ bpfLogFilters: { "*": "tcp" } }, /^spec.bpfLogFilters\[\*\]/],
    [{ wireguardInterfaceName: "wireguard.calico" }, /^spec.wireguardInterfaceName/],
    [{ wireguardListeningPort: 0 }, /must be at least 1 and at most 65535/],
    [{ goGCThreshold: -2 }, /must be at least -1$/],
    [{ bpfDataIfacePattern: "(?=eth)" }, /^spec.bpfDataIfacePattern: .*syntax of RE2/],
    [{ featureGates: "a=b,c" }, /must be `word=value`/],
    [{ featureDetectOverride: "a=yes" }, /^spec.featureDetectOverride/],
    [{ nodeSelector: "all(" }, /^spec.nodeSelector/],
  ] as const) {
    it(`refuses ${JSON.stringify(spec).slice(0, 120)}`, () => {
      assert.match(refusalOf(felixConfiguration, { spec }), want);
    });
  }
});

describe("a failsafe port on its own", () => {
  for (const [port, want] of [
    [{ protocol: "TCP", port: 22 }, /^$/],
    [{ protocol: "UDP", port: 53, net: "fd00::/8" }, /^$/],
    [{ port: 22 }, /^item.protocol: Unsupported value/],
    [{ protocol: "Tcp", port: 22 }, /^item.protocol: Unsupported value/],
  ] as const) {
    it(`${String(want) === "/^$/" ? "may be" : "is not"} ${JSON.stringify(port)}`, () => {
      assert.match(checkFailsafePort(port, "item").map(formatFieldError).join("\n"), want);
    });
  }
});
