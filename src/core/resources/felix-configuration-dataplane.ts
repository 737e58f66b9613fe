/** Settings of FelixConfiguration for how rules get into the kernel and stay there. */
import { choice, duration, flag, onOff, text, whole, word } from "./felix-configuration-fields.ts";

const MARK_MASK = { format: "int64", minimum: 0, maximum: 4_294_967_295 } as const;

export const dataplaneSettings = {
  chainInsertMode: word(["Insert", "Append"], "Where its rules stand among the host's own"),
  dataplaneDriver: text("The program that writes the kernel's rules"),
  dataplaneWatchdogTimeout: text("When the dataplane counts as stuck"),
  useInternalDataplaneDriver: flag("Whether the kernel's rules are written without a driver"),
  genericXDPEnabled: flag("Whether XDP may run without support of the network card"),
  xdpEnabled: flag("Whether untracked Deny rules are moved to XDP"),
  xdpRefreshInterval: duration("How often XDP programs are compared with what they should be"),
  sidecarAccelerationEnabled: flag("Whether traffic between a pod and its sidecar is sped up"),
  interfaceExclude: text("Interfaces that are not the host's, with commas"),
  interfaceRefreshInterval: duration("How often interfaces are listed anew"),
  ipForwarding: onOff("Whether the host is made to forward packets"),
  ipsetsRefreshInterval: duration("How often IP sets are compared with what they should be"),
  iptablesBackend: choice(["Legacy", "NFT", "Auto"], "Which iptables is used"),
  iptablesLockProbeInterval: duration("How often the lock of iptables is tried"),
  iptablesMarkMask: whole("Bits of a packet's mark that iptables rules use", MARK_MASK),
  iptablesPostWriteCheckInterval: duration("When written iptables rules are read again"),
  iptablesRefreshInterval: duration(
    "How often iptables rules are compared with what they should be",
  ),
  maxIpsetSize: whole("How many addresses an IP set holds"),
  netlinkTimeout: duration("How long the kernel may take to answer"),
  nftablesFlowTableDataIfacePattern: text("Interfaces whose connections may bypass the rules"),
  nftablesFlowTableOffload: choice(
    ["All", "Disabled"],
    "Which established connections bypass the rules",
    { default: "Disabled" },
  ),
  nftablesMarkMask: whole("Bits of a packet's mark that nftables rules use", MARK_MASK),
  nftablesRefreshInterval: text("How often nftables rules are compared with what they should be"),
  policySyncPathPrefix: text("Where policy is offered to programs that judge requests"),
  routeRefreshInterval: duration("How often routes are compared with what they should be"),
} as const;
