import { type FieldError, formatFieldError } from "../../src/core/schema/field-error.ts";

/**
 * Whether a definition alone would not refuse this, and the reference does in its validator, or
 * Kubernetes in its own: one line a rule, with where the specification has it.
 */
export function isKnownRule(error: FieldError): boolean {
  const line = formatFieldError(error);
  return RULES.some((rule) => rule.test(line));
}

const RULES: readonly RegExp[] = [
  // validation.md §2, metadata.
  /^metadata\.(name|labels|annotations)\b|\.metadata\.annotations\b/,
  /^metadata\.namespace: .*objects of this kind are in no namespace/,
  // §3, primitive fields.
  /^spec\.(tier|node|profiles\[\d+\]|.*\.services\.(name|namespace)): .*(RFC 1123|must be no more)/,
  /[nN]ets\[\d+\]: .*(must be a valid CIDR|must have no bits set past the prefix length)/,
  /expectedIPs\[\d+\]: .*must be a valid IP address/,
  /interfaceName: .*must be '\*' or at most 15 of the characters/,
  /[sS]elector: .*character \d+|[sS]elector: .*nested too deep/,
  /[pP]rotocol: .*must be TCP, UDP/,
  /[pP]orts\[\d+\](\.port)?: .*(must be a port|must be between|must be no more|must contain|must not)/,
  /spec\.ports\[\d+\]\.(name|port|protocol): /,
  // §4, rules.
  /\.(ports|notPorts): .*(need a protocol|has no ports)/,
  /\.notNets\[\d+\]: .*excludes every address/,
  /[nN]ets\[\d+\]: .*(not a network of ipVersion|both IPv4 and IPv6)/,
  /\.http: .*not allowed in egress rules/,
  /\.services: .*not allowed in (in|e)gress rules|\.services\.namespace: Required/,
  /\.http\.methods\[\d+\]: Duplicate/,
  /\.http\.paths\[\d+\](\.exact|\.prefix)?: .*(either exact or prefix|must begin with '\/')/,
  /\.namespaceSelector: .*global\(\) cannot be combined/,
  /\.serviceAccounts\.names\[\d+\]: .*has no quotes/,
  // §5, policies and endpoints.
  /: .*must be empty when stagedAction is Delete|preDNAT policy cannot have 'Egress' type/,
  /^spec\.(\w+): Required|^spec\.(ipNetworks|ipNATs|allowSpoofedSourcePrefixes)\[\d+\]|^spec\.labelsToApply/,
  /^spec\.(ipv[46]Gateway|mac|containerID|orchestrator|workload|pod|endpoint|serviceAccountName): /,
  /^spec\.ports\[\d+\]\.host(IP|Port): /,
  // §6 and §10, FelixConfiguration.
  /^spec\.failsafe(In|Out)boundHostPorts\[\d+\]/,
  /^spec\.(kubeNodePortRanges\[\d+\]|natPortRange|bpfPSNATPorts): .*must be (a port|between)/,
  /^spec\.[\w.[\]-]+: .*must be at (least|most) -?\d+/,
  /^spec\.(externalNodesList|bpfDSROptoutCIDRs|bpfExcludeCIDRsFromNAT)\[\d+\]: /,
  /^spec\.(natOutgoingAddress|deviceRouteSourceAddress)/,
  /^spec\.(openstackRegion|prometheusMetricsHost|routeTableRanges?|healthTimeoutOverrides)\b/,
  /^spec\.(bpfForceTrackPacketsFromIfaces|iptablesNATOutgoingInterfaceFilter|wireguardInterfaceName)/,
  /^spec\.(bpfLogFilters|featureDetectOverride|featureGates)\b/,
  /^spec\.\w+: .*must be one of /,
  /^spec\.\w+(Regex|IfacePattern|ForIfaces): /,
  // k8s-conversion.md: what Kubernetes checks in label selectors, peers and ports of its policies.
  /([sS]elector|namespaces|nodes)\.match(Labels|Expressions)\b/,
  /\.(ipBlock\.(cidr|except\[\d+\])|networks\[\d+\]): /,
  /\.(from|to)\[\d+\]: .*(must specify a peer|may not specify both ipBlock)/,
  /\.ports\[\d+\]\.(port|endPort): /,
  /\.domainNames: .*only in rules that accept/,
];
