/** Settings of FelixConfiguration for addresses, routes and tunnels. */
import { integer, list, object, optional, validated } from "../schema/schema.ts";
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

const tables = object({
  min: integer({ description: "The first table." }),
  max: integer({ description: "The last table." }),
});

const routeTableRange = validated(tables, {
  rule: "self.min >= 1 && self.max >= self.min && self.max <= 250",
  message: "must be a range of tables within 1..250",
  holds: ({ min, max }) => min >= 1 && max >= min && max <= 250,
});

const routeTables = validated(
  tables,
  {
    rule: "self.min >= 1",
    message: "must be at least 1",
    field: "min",
    holds: ({ min }) => min >= 1,
  },
  {
    rule: "self.min <= self.max",
    message: "must not be greater than max",
    field: "min",
    holds: ({ min, max }) => min <= max,
  },
);

const described = (what: string) => `${what}. Read and kept; Picket does nothing with it.`;

export const networkSettings = {
  awsSrcDstCheck: choice(
    ["DoNothing", "Enable", "Disable"],
    "Whether an instance of EC2 may send from other addresses",
  ),
  deviceRouteProtocol: whole("The protocol number that its routes bear"),
  deviceRouteSourceAddress: text("The source address of its IPv4 routes", { maxLength: 45 }),
  deviceRouteSourceAddressIPv6: text("The source address of its IPv6 routes", { maxLength: 45 }),
  externalNodesList: texts("Networks of hosts outside the cluster that may send through tunnels"),
  floatingIPs: onOff("Whether pods may have further addresses that lead to them"),
  ipipEnabled: flag("Whether there is an IP in IP tunnel"),
  ipipMTU: whole("The MTU of the IP in IP tunnel"),
  ipv4ElevatedRoutePriority: whole("The priority of IPv4 routes while a machine moves"),
  ipv4NormalRoutePriority: whole("The priority of IPv4 routes"),
  ipv6ElevatedRoutePriority: whole("The priority of IPv6 routes while a machine moves"),
  ipv6NormalRoutePriority: whole("The priority of IPv6 routes"),
  iptablesNATOutgoingInterfaceFilter: text("The only interfaces at which sources are translated"),
  istioAmbientMode: onOff("Whether it works together with Istio's ambient mesh"),
  istioDSCPMark: numberOrText("The DSCP of packets that go to the ambient mesh"),
  liveMigrationRouteConvergenceTime: text("How long routes keep priority after a machine moved", {
    pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))*$",
  }),
  localSubnetL2Reachability: choice(
    ["Disabled", "PodsAndLoadBalancers"],
    "Whose addresses the host answers for on its own network",
  ),
  localSubnetL2ReachabilityRefreshInterval: text("How often it announces those addresses"),
  metadataAddr: text("The metadata server of OpenStack"),
  metadataPort: whole("The port of the metadata server"),
  mtuIfacePattern: text("The interfaces from which the MTU is taken"),
  natOutgoingAddress: text("The address that outgoing connections get", { maxLength: 45 }),
  natOutgoingExclusions: choice(
    ["IPPoolsOnly", "IPPoolsAndHostIPs"],
    "Destinations for which sources are not translated",
  ),
  natPortRange: numberOrText("The ports that outgoing connections get"),
  openstackRegion: text("The region of OpenStack"),
  programClusterRoutes: choice(
    ["Enabled", "Disabled", "EnabledIPIPOnly", "EnabledNoEncapOnly"],
    "Which routes to other nodes it writes",
  ),
  removeExternalRoutes: flag("Whether unexpected routes to workloads are removed"),
  requireMTUFile: flag("Whether it waits for the file with the MTU"),
  routeSource: word(["WorkloadIPs", "CalicoIPAM"], "What routes are made from"),
  routeSyncDisabled: flag("Whether it leaves routes alone"),
  routeTableRange: optional({
    ...routeTableRange,
    description: described("The routing tables it may use; routeTableRanges is the newer way"),
  }),
  routeTableRanges: optional(
    list(routeTables, { description: described("The routing tables it may use") }),
  ),
  vxlanEnabled: flag("Whether there is a VXLAN tunnel"),
  vxlanMTU: whole("The MTU of the IPv4 VXLAN tunnel"),
  vxlanMTUV6: whole("The MTU of the IPv6 VXLAN tunnel"),
  vxlanVNI: whole("The number of the VXLAN network"),
  windowsManageFirewallRules: onOff("Whether it opens its ports in the firewall of Windows"),
  wireguardEnabled: flag("Whether IPv4 between nodes is encrypted"),
  wireguardEnabledV6: flag("Whether IPv6 between nodes is encrypted"),
  wireguardHostEncryptionEnabled: flag("Whether traffic of the nodes themselves is encrypted"),
  wireguardInterfaceName: text("The IPv4 WireGuard interface"),
  wireguardInterfaceNameV6: text("The IPv6 WireGuard interface"),
  wireguardKeepAlive: duration("How often WireGuard shows that it is there"),
  wireguardListeningPort: whole("The port of IPv4 WireGuard"),
  wireguardListeningPortV6: whole("The port of IPv6 WireGuard"),
  wireguardMTU: whole("The MTU of the IPv4 WireGuard interface"),
  wireguardMTUV6: whole("The MTU of the IPv6 WireGuard interface"),
  wireguardRoutingRulePriority: whole("The priority of WireGuard's routing rule"),
  wireguardThreadingEnabled: flag("Whether WireGuard uses a thread of its own"),
} as const;
