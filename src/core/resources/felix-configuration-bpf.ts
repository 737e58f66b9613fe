/** Settings of FelixConfiguration for a dataplane of BPF programs, which Picket has not. */
import { map, object, optional, string } from "../schema/schema.ts";
import {
  choice,
  duration,
  flag,
  numberOrText,
  onOff,
  text,
  texts,
  whole,
  word,
} from "./felix-configuration-fields.ts";

/**
 * Durations with fractions, or Auto. Upstream's own pattern has more than one way to read a text,
 * for which a matcher that backtracks takes for ever; this one admits the same.
 */
const TIMEOUT = "^(([0-9]*(\\.[0-9]*)?([smh]|us))+|Auto)$";

const timeout = (what: string) => text(what, { pattern: TIMEOUT });

export const bpfSettings = {
  bpfAttachType: choice(["TC", "TCX", "Netkit"], "How programs are attached"),
  bpfConnectTimeLoadBalancing: choice(
    ["TCP", "Enabled", "Disabled"],
    "Which connections to services are translated when they are made",
  ),
  bpfConnectTimeLoadBalancingEnabled: flag("The older way to say bpfConnectTimeLoadBalancing"),
  bpfConntrackLogLevel: choice(["Off", "Debug"], "What the clean-up of connections logs"),
  bpfConntrackMode: choice(
    ["Auto", "Userspace", "BPFProgram"],
    "Who cleans up connections that ended",
  ),
  bpfConntrackTimeouts: optional(
    object(
      {
        creationGracePeriod: timeout("How long a new connection is left alone"),
        genericTimeout: timeout("When other connections are forgotten"),
        icmpTimeout: timeout("When ICMP is forgotten"),
        tcpEstablished: timeout("When an idle TCP connection is forgotten"),
        tcpFinsSeen: timeout("When a TCP connection that both ends closed is forgotten"),
        tcpResetSeen: timeout("When a TCP connection that was reset is forgotten"),
        tcpSynSent: timeout("When a TCP connection without an answer is forgotten"),
        udpTimeout: timeout("When UDP is forgotten"),
      },
      {
        description:
          "When connections are forgotten, or Auto. Read and kept; Picket does nothing with it.",
      },
    ),
  ),
  bpfCTLBLogFilter: text("What the translation of connections being made logs"),
  bpfDataIfacePattern: text("The host's interfaces that get programs"),
  bpfDisableGROForIfaces: text("The interfaces on which packets are not merged"),
  bpfDisableUnprivileged: flag("Whether only root may load programs"),
  bpfDSROptoutCIDRs: texts("Clients that are not answered directly"),
  bpfEnabled: flag("Whether policy is enforced by BPF programs"),
  bpfEnforceRPF: word(["Disabled", "Strict", "Loose"], "How sources are checked by their route"),
  bpfExcludeCIDRsFromNAT: texts("Service addresses that are left to the host"),
  bpfExportBufferSizeMB: whole("The size of the buffer for events"),
  bpfExternalServiceMode: word(["Tunnel", "DSR"], "How outside clients of services are answered"),
  bpfExtToServiceConnmark: whole("The mark of connections from outside to services"),
  bpfForceTrackPacketsFromIfaces: texts("Interfaces whose packets the host's conntrack sees"),
  bpfHostConntrackBypass: flag("Whether the host's conntrack sees no packets of workloads"),
  bpfHostNetworkedNATWithoutCTLB: onOff("Whether the host's own connections are translated late"),
  bpfIPFragmentReassemblyEnabled: flag("Whether fragments out of order are put together"),
  bpfIPFragTimeout: duration("How long fragments wait for each other"),
  bpfJITHardening: choice(["Auto", "Strict"], "Whether compiled programs are hardened"),
  bpfKubeProxyHealthzPort: whole("The port at which its kube-proxy tells of its health"),
  bpfKubeProxyIptablesCleanupEnabled: flag("Whether rules of the real kube-proxy are removed"),
  bpfKubeProxyMinSyncPeriod: duration("How long its kube-proxy waits between updates"),
  bpfL3IfacePattern: text("Tunnel interfaces that get programs"),
  bpfLogFilters: optional(
    map(string(), {
      description: "What programs log, by interface. Read and kept; Picket does nothing with it.",
    }),
  ),
  bpfLogLevel: word(["Off", "Info", "Debug"], "What programs log"),
  bpfMaglevMaxEndpointsPerService: whole("How many backends a Maglev service has"),
  bpfMaglevMaxServices: whole("How many Maglev services there are"),
  bpfMapSizeConntrack: whole("How many connections are known"),
  bpfMapSizeConntrackCleanupQueue: whole("How many connections wait to be cleaned up", {
    minimum: 1,
  }),
  bpfMapSizeConntrackScaling: word(
    ["Disabled", "DoubleIfFull"],
    "Whether there is room for more connections when it runs out",
  ),
  bpfMapSizeIfState: whole("How many interfaces are known"),
  bpfMapSizeIPSets: whole("How many addresses IP sets hold"),
  bpfMapSizeNATAffinity: whole("How many clients stay with their backend"),
  bpfMapSizeNATBackend: whole("How many backends services have"),
  bpfMapSizeNATFrontend: whole("How many addresses services have"),
  bpfMapSizePerCpuConntrack: whole("How many connections each processor knows"),
  bpfMapSizeRoute: whole("How many routes are known"),
  bpfOverlayHostSourceIP: choice(
    ["TunnelAddress", "HostAddress"],
    "The source of the host's packets to pods through tunnels",
  ),
  bpfPolicyDebugEnabled: flag("Whether compiled policy can be looked at"),
  bpfProfiling: onOff("Whether programs are profiled"),
  bpfPSNATPorts: numberOrText("The ports that clash with none when sources are translated"),
  bpfRedirectToPeer: onOff("Whether packets go straight into a pod"),
  cgroupV2Path: text("Where cgroups are mounted"),
} as const;
