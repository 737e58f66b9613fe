/** The settings of FelixConfiguration on which the meaning of policy depends. */
import {
  boolean,
  integer,
  integerOrString,
  list,
  oneOf,
  optional,
  string,
} from "../schema/schema.ts";
import { failsafePorts } from "./failsafe-ports.ts";
import { anyCase } from "./felix-configuration-fields.ts";
import { selectorText } from "./selector-text.ts";

/** What is said of settings that policy depends on and that Picket has no choice of. */
const fixed = (what: string, always: string) =>
  `${what}. Read and kept; in Picket it is always ${always}.`;

const action = (what: string, words: readonly [string, string], always: string) =>
  optional(string({ pattern: anyCase(words), description: fixed(what, always) }));

export const policySettings = {
  nodeSelector: optional(
    selectorText(
      "The nodes that it configures. Neither for `default`, which configures every node, nor for " +
        "`node.<name>`, which configures that one.",
    ),
  ),
  failsafeInboundHostPorts: failsafePorts(
    "Ports of the host that no policy of its interfaces closes. When absent SSH, DHCP and what a " +
      "cluster's control plane needs; an empty list is none.",
  ),
  failsafeOutboundHostPorts: failsafePorts(
    "Ports elsewhere that no policy keeps the host from. When absent DNS, DHCP and what a " +
      "cluster's control plane needs; an empty list is none.",
  ),
  defaultEndpointToHostAction: optional(
    string({
      pattern: anyCase(["Drop", "Accept", "Return"]),
      description:
        "What becomes of packets from a workload to its own host that policy allowed: Drop (when " +
        "absent), Accept, or Return to the host's own rules.",
    }),
  ),
  allowVXLANPacketsFromWorkloads: optional(
    boolean({ description: "Lets workloads send VXLAN, which could claim any address." }),
  ),
  allowIPIPPacketsFromWorkloads: optional(
    boolean({ description: "Lets workloads send IP in IP, which could claim any address." }),
  ),
  vxlanPort: optional(integer({ description: "The UDP port that counts as VXLAN; 4789." })),
  disableConntrackInvalidCheck: optional(
    boolean({
      description: "Judges packets that belong to no known connection instead of dropping them.",
    }),
  ),
  iptablesFilterAllowAction: action("What Allow means", ["Accept", "Return"], "Accept"),
  iptablesFilterDenyAction: action("What Deny means", ["Drop", "Reject"], "Drop"),
  iptablesMangleAllowAction: action("What Allow means before DNAT", ["Accept", "Return"], "Accept"),
  nftablesFilterAllowAction: action("What Allow means", ["Accept", "Return"], "Accept"),
  nftablesFilterDenyAction: action("What Deny means", ["Drop", "Reject"], "Drop"),
  nftablesMangleAllowAction: action("What Allow means before DNAT", ["Accept", "Return"], "Accept"),
  workloadSourceSpoofing: optional(
    string({
      pattern: anyCase(["Disabled", "Any"]),
      description: fixed("Whether pods may ask to send from other addresses", "Disabled"),
    }),
  ),
  interfacePrefix: optional(
    string({ description: fixed("How the interfaces of workloads begin, with commas", "`cali`") }),
  ),
  serviceLoopPrevention: optional(
    string({
      pattern: anyCase(["Drop", "Reject", "Disabled"]),
      description: fixed("What becomes of packets to service addresses in no use", "Disabled"),
    }),
  ),
  logPrefix: optional(
    string({
      pattern: "^([a-zA-Z0-9%: /_-])*$",
      description: fixed("What a line of a Log rule begins with", "Picket's own"),
    }),
  ),
  logActionRateLimit: optional(
    string({
      pattern: "^[1-9]\\d{0,3}/(?:second|minute|hour|day)$",
      description: fixed('How often Log rules may write, e.g. "10/minute"', "no limit"),
    }),
  ),
  logActionRateLimitBurst: optional(
    integer({
      minimum: 0,
      maximum: 9999,
      description: fixed("How many lines the rate limit lets through at once", "no limit"),
    }),
  ),
  kubeNodePortRanges: optional(
    list(integerOrString({ description: "A port, or a range `30000:32767`." }), {
      maxItems: 7,
      description: fixed("The ports of NodePort services", "30000:32767"),
    }),
  ),
  ipv6Support: optional(boolean({ description: fixed("Whether policy governs IPv6 too", "true") })),
  nftablesMode: optional(
    oneOf(["Disabled", "Enabled", "Auto"], {
      default: "Auto",
      description: fixed("Whether policy is enforced by nftables", "Enabled"),
    }),
  ),
} as const;
