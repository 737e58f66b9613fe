/** What the schema cannot say of FelixConfiguration (validation.md §6, §10). */
import { parseAddressOrPrefix } from "../net/address.ts";
import { type FieldError, fieldOf, invalid } from "../schema/field-error.ts";
import { checkFailsafePorts } from "./failsafe-ports.ts";
import type { FelixConfigurationSpec } from "./felix-configuration-spec.ts";
import { dnsLabelProblem, interfaceNameProblem } from "./names.ts";
import { addressOrNetProblem } from "./net-check.ts";
import { checkPort, parsePort } from "./port.ts";
import { regularExpressionProblem } from "./regular-expression.ts";
import { checkSelector } from "./selector-check.ts";
import { checkText, checkTexts, type TextRule } from "./text-check.ts";

type Spec = FelixConfigurationSpec;
/** The names of the fields that hold a `T`. */
type FieldOf<T> = {
  [K in keyof Spec]-?: Required<Spec>[K] extends T ? K : never;
}[keyof Spec];

const U32 = 4_294_967_295;

const RANGES: readonly (readonly [FieldOf<number>, number, number])[] = [
  ["bpfExtToServiceConnmark", 0, U32],
  ["bpfKubeProxyHealthzPort", 0, 65_535],
  ["bpfMaglevMaxEndpointsPerService", 1, 3000],
  ["bpfMaglevMaxServices", 1, 3000],
  ["debugPort", 0, 65_535],
  ["goGCThreshold", -1, Number.POSITIVE_INFINITY],
  ["goMaxProcs", -1, Number.POSITIVE_INFINITY],
  ["goMemoryLimitMB", -1, Number.POSITIVE_INFINITY],
  ["ipv4ElevatedRoutePriority", 1, 2_147_483_646],
  ["ipv4NormalRoutePriority", 1, 2_147_483_646],
  ["ipv6ElevatedRoutePriority", 1, 2_147_483_646],
  ["ipv6NormalRoutePriority", 1, 2_147_483_646],
  ["vxlanPort", 0, 65_535],
  ["wireguardListeningPort", 1, 65_535],
  ["wireguardListeningPortV6", 1, 65_535],
  ["wireguardRoutingRulePriority", 1, 32_765],
];

const TEXTS: readonly (readonly [FieldOf<string>, TextRule])[] = [
  ["bpfDataIfacePattern", regularExpressionProblem],
  ["bpfDisableGROForIfaces", regularExpressionProblem],
  ["bpfL3IfacePattern", regularExpressionProblem],
  ["featureDetectOverride", wordsProblem],
  ["featureGates", wordsProblem],
  ["iptablesNATOutgoingInterfaceFilter", interfacePatternProblem],
  ["logDebugFilenameRegex", regularExpressionProblem],
  ["mtuIfacePattern", regularExpressionProblem],
  ["nftablesFlowTableDataIfacePattern", regularExpressionProblem],
  ["openstackRegion", regionProblem],
  ["prometheusMetricsHost", hostProblem],
  ["serviceLoopPrevention", spelt("Drop", "Reject", "Disabled")],
  ["wireguardInterfaceName", interfaceNameProblem],
  ["wireguardInterfaceNameV6", interfaceNameProblem],
  ["workloadSourceSpoofing", spelt("Disabled", "Any")],
];

const LISTS: readonly (readonly [FieldOf<readonly string[]>, TextRule])[] = [
  ["bpfDSROptoutCIDRs", addressOrNetProblem],
  ["bpfExcludeCIDRsFromNAT", addressOrNetProblem],
  ["bpfForceTrackPacketsFromIfaces", interfacePatternProblem],
  ["externalNodesList", ipv4NetProblem],
];

export function checkFelixConfiguration(spec: Spec): FieldError[] {
  return [
    ...(["failsafeInboundHostPorts", "failsafeOutboundHostPorts"] as const).flatMap((name) =>
      checkFailsafePorts(spec[name], `spec.${name}`),
    ),
    ...checkSelector(spec.nodeSelector, "spec.nodeSelector"),
    ...RANGES.flatMap(([name, min, max]) => checkRange(spec[name], `spec.${name}`, min, max)),
    ...TEXTS.flatMap(([name, rule]) => checkText(spec[name], `spec.${name}`, rule)),
    ...LISTS.flatMap(([name, rule]) => checkTexts(spec[name], `spec.${name}`, rule)),
    ...Object.keys(spec.bpfLogFilters ?? {}).flatMap((name) => checkFilterName(name)),
    ...checkPorts(spec),
    ...checkHealthTimeouts(spec),
    ...checkRouteTables(spec),
  ];
}

function checkRange(
  number: number | undefined,
  field: string,
  min: number,
  max: number,
): FieldError[] {
  if (number === undefined || (number >= min && number <= max)) return [];
  const most = max === Number.POSITIVE_INFINITY ? "" : ` and at most ${max}`;
  return [invalid(field, number, `must be at least ${min}${most}`)];
}

function checkFilterName(name: string): FieldError[] {
  const problem = name === "*" ? "must be one interface" : interfaceNameProblem(name);
  return problem ? [invalid(fieldOf("spec.bpfLogFilters", name), name, problem)] : [];
}

function checkPorts({ kubeNodePortRanges, natPortRange, bpfPSNATPorts }: Spec): FieldError[] {
  return [
    ...(kubeNodePortRanges ?? []).flatMap((range, i) =>
      checkPortNumbers(range, `spec.kubeNodePortRanges[${i}]`),
    ),
    ...checkPortNumbers(natPortRange, "spec.natPortRange"),
    ...checkPortNumbers(bpfPSNATPorts, "spec.bpfPSNATPorts"),
  ];
}

/** A port, or a range of them, by number. */
function checkPortNumbers(written: number | string | undefined, field: string): FieldError[] {
  if (written === undefined) return [];
  const port = parsePort(written);
  if (port && "first" in port) return checkPort(written, field);
  return [invalid(field, written, 'must be a port or a range "first:last" of ports up to 65535')];
}

/** A time of Go's, which is never negative here: "0", or numbers with units. */
const SPAN = /^\+?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

function checkHealthTimeouts({ healthTimeoutOverrides }: Spec): FieldError[] {
  return (healthTimeoutOverrides ?? []).flatMap(({ name, timeout }, i) => {
    const field = `spec.healthTimeoutOverrides[${i}]`;
    const errors: FieldError[] = [];
    if (!/^[a-zA-Z0-9_ -]+$/.test(name)) {
      errors.push(invalid(`${field}.name`, name, "must be letters, digits, '_', '-' and spaces"));
    }
    if (!SPAN.test(timeout)) {
      errors.push(invalid(`${field}.timeout`, timeout, "must be a time, e.g. 90s, not negative"));
    }
    return errors;
  });
}

const MAX_TABLES = 65_535;

function checkRouteTables({ routeTableRanges = [] }: Spec): FieldError[] {
  const errors = routeTableRanges.flatMap(({ max }, i) =>
    checkRange(max, `spec.routeTableRanges[${i}].max`, 1, U32),
  );
  const count = routeTableRanges.reduce((sum, { min, max }) => sum + max - min + 1, 0);
  if (count > MAX_TABLES) {
    const detail = `must be at most ${MAX_TABLES} tables in all`;
    errors.push(invalid("spec.routeTableRanges", routeTableRanges, detail));
  }
  return errors;
}

/** Words of which the schema admits any case, and their maker only this one. */
function spelt(...words: readonly string[]): TextRule {
  return (text) => (words.includes(text) ? undefined : `must be one of ${words.join(", ")}`);
}

function wordsProblem(text: string): string | undefined {
  const items = text.split(",").filter((item) => item !== "");
  return items.every((item) => /^[\w-]+=/.test(item))
    ? undefined
    : "must be `word=value`, with commas";
}

function interfacePatternProblem(text: string): string | undefined {
  if (/^[a-zA-Z0-9:._+-]{1,15}$/.test(text)) return undefined;
  return "must be an interface, or how its name begins and '+'";
}

function hostProblem(text: string): string | undefined {
  return /^[a-zA-Z0-9:._+-]{1,64}$/.test(text) ? undefined : "must be an address or a host's name";
}

function regionProblem(text: string): string | undefined {
  return text.length > 46 ? "must be no more than 46 characters" : dnsLabelProblem(text);
}

function ipv4NetProblem(text: string): string | undefined {
  return parseAddressOrPrefix(text)?.address.family === 4
    ? undefined
    : "must be an IPv4 network or address, (e.g. 10.9.8.0/24)";
}
