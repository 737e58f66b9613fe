/** States about whom rules mean: selectors, networks, port names, services. */
import { farPod, nets, netsOf, pod, policy, service, tier } from "./parts.ts";
import { allow, deny, type Side } from "./rules.ts";
import type { State } from "./state.ts";

const DEFAULT = tier("default", 1_000_000);
const WEB = pod("web", "10.0.0.1");
const CLIENT = farPod("client", "10.0.1.2", { ports: ["http TCP/80", "dns UDP/53"] });
const OUTSIDE = nets("outside", { zone: "out" }, "192.0.2.0/24", "198.51.100.7");

/** What the pod `web` lets in from `from`. */
function letsIn(...from: readonly Side[]) {
  return policy("client", "app == 'web'", { ingress: from.map((side) => allow({ from: side })) });
}

/** What `web` is let out to by TCP. */
function letsOut(...to: readonly Side[]) {
  return policy("out", "app == 'web'", {
    egress: to.map((side) => allow({ protocol: "TCP", to: side })),
  });
}

const WEB_IN = ["web in: default[client]", "web out: -"];
const WEB_OUT = ["web in: -", "web out: default[out]"];

export const PEERS: readonly State[] = [
  {
    name: "nobody is meant",
    updates: [DEFAULT, WEB, CLIENT, letsIn({ who: "app == 'lost'" }, { notWho: "app == 'lost'" })],
    enforced: [...WEB_IN, "policy client in: Allow from nobody; Allow from not nobody"],
  },
  {
    name: "both ways to say who is not meant",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      farPod("other", "10.0.1.3"),
      letsIn(
        { who: "has(app)", notWho: "app == 'client'" },
        { notWho: "app == 'client'" },
        { who: "!has(zone)", nets: ["10.0.1.0/24"], notNets: ["10.0.1.3/32"] },
      ),
    ],
    enforced: [
      ...WEB_IN,
      "policy client in: Allow from 10.0.0.1,10.0.1.3; Allow from not 10.0.1.2; " +
        "Allow IPv4 from 10.0.0.1,10.0.1.2,10.0.1.3 10.0.1.0/24 not 10.0.1.3",
    ],
  },
  {
    name: "networks as written, of both families",
    updates: [
      DEFAULT,
      WEB,
      letsIn(
        { nets: ["10.0.0.0/8", "10.1.0.0/16", "fd00::/8", "10.0.0.1"] },
        { notNets: ["::/0"] },
      ),
    ],
    enforced: [...WEB_IN, "policy client in: Allow from 10.0.0.0/8,fd00::/8"],
  },
  {
    name: "one set in many rules of many policies",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      letsIn({ who: "app == 'client'" }, { who: "app == 'client'", ports: [80] }),
      policy("out", "app == 'web'", { egress: [deny({ to: { notWho: "app == 'client'" } })] }),
      policy("second", "app == 'web'", { ingress: [deny({ from: { who: "app=='client'" } })] }),
    ],
    enforced: [
      "web in: default[client second]",
      "web out: default[out]",
      "policy client in: Allow from 10.0.1.2; Allow from 10.0.1.2 :80",
      "policy out out: Deny to not 10.0.1.2",
      "policy second in: Deny from 10.0.1.2",
    ],
  },
  {
    name: "a network set",
    updates: [DEFAULT, WEB, OUTSIDE, letsIn({ who: "zone == 'out'" })],
    enforced: [...WEB_IN, "policy client in: Allow from 198.51.100.7,192.0.2.0/24"],
  },
  {
    name: "the network set with other networks, wider and narrower",
    updates: [
      DEFAULT,
      WEB,
      nets("outside", { zone: "out" }, "192.0.2.0/25", "198.51.100.0/24", "2001:db8::/32"),
      letsIn({ who: "zone == 'out'" }),
    ],
    enforced: [
      ...WEB_IN,
      "policy client in: Allow from 192.0.2.0/25,198.51.100.0/24,2001:db8::/32",
    ],
  },
  {
    name: "networks inside networks, and pods inside those",
    updates: [
      DEFAULT,
      WEB,
      farPod("client", "10.0.1.2", { labels: { zone: "out" } }),
      farPod("other", "10.0.9.9", { labels: { zone: "out" } }),
      nets("outside", { zone: "out" }, "10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25"),
      netsOf("prod", "outside", { zone: "out" }, "10.0.1.0/24", "10.0.1.2/32", "10.0.1.2/31"),
      letsIn({ who: "zone == 'out'" }),
    ],
    enforced: [...WEB_IN, "policy client in: Allow from 10.0.0.0/16"],
  },
  {
    name: "the widest of those networks is gone",
    updates: [
      DEFAULT,
      WEB,
      farPod("client", "10.0.1.2", { labels: { zone: "out" } }),
      farPod("other", "10.0.9.9", { labels: { zone: "out" } }),
      nets("outside", { zone: "out" }, "10.0.1.0/25"),
      netsOf("prod", "outside", { zone: "out" }, "10.0.1.2/32", "10.0.1.2/31"),
      letsIn({ who: "zone == 'out'" }),
    ],
    enforced: [...WEB_IN, "policy client in: Allow from 10.0.9.9,10.0.1.0/25"],
  },
  {
    name: "everything there is, and all addresses of a family",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      nets("outside", { zone: "out" }, "0.0.0.0/0"),
      letsIn({ who: "all()" }, { who: "!all()" }),
    ],
    enforced: [...WEB_IN, "policy client in: Allow from 0.0.0.0/0; Allow from nobody"],
  },
  {
    name: "a port by name",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      farPod("other", "10.0.1.3,fd00::3", { ports: ["http TCP/8080", "http UDP/80"] }),
      letsOut({ ports: ["http"] }, { who: "app == 'client'", ports: ["http", 443] }),
    ],
    enforced: [
      ...WEB_OUT,
      "policy out out: Allow TCP to :[10.0.1.2 TCP/80, 10.0.1.3 TCP/8080, fd00::3 TCP/8080]; " +
        "Allow TCP to 10.0.1.2 :443|[10.0.1.2 TCP/80]",
    ],
  },
  {
    name: "the port is another, and two endpoints of one address serve it",
    updates: [
      DEFAULT,
      WEB,
      farPod("client", "10.0.1.2", { ports: ["http TCP/81", "http TCP/80"] }),
      farPod("other", "10.0.1.2", { ports: ["http TCP/8080"] }),
      letsOut({ ports: ["http"] }, { notPorts: ["http", "dns"] }),
    ],
    enforced: [
      ...WEB_OUT,
      "policy out out: Allow TCP to :[10.0.1.2 TCP/80 TCP/81 TCP/8080]; " +
        "Allow TCP to not :[10.0.1.2 TCP/80 TCP/81 TCP/8080]|[]",
    ],
  },
  {
    name: "a port by name where no protocol is said, and one that only the pod itself serves",
    updates: [
      DEFAULT,
      pod("web", "10.0.0.1", { ports: ["http TCP/80", "metrics TCP/9090"] }),
      farPod("client", "10.0.1.2", { ports: ["http TCP/80", "http SCTP/80"] }),
      policy("client", "app == 'web'", {
        ingress: [
          allow({ to: { ports: ["metrics"] } }),
          allow({ protocol: "ICMP", to: { ports: ["http"] } }),
          deny({ to: { ports: ["http"] } }),
        ],
      }),
    ],
    enforced: [
      ...WEB_IN,
      "policy client in: Allow to :[10.0.0.1 TCP/9090]; " +
        "Allow ICMP to :[10.0.0.1 TCP/80, 10.0.1.2 TCP/80]; " +
        "Deny to :[10.0.0.1 TCP/80, 10.0.1.2 TCP/80 SCTP/80]",
    ],
  },
  {
    name: "a service with backends",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      service("prod/shop", "10.0.1.2 TCP/80", "10.0.1.3 TCP/80", "10.0.1.3 TCP/81"),
      letsIn({ service: "prod/shop" }),
      letsOut({ service: "prod/shop" }),
    ],
    enforced: [
      "web in: default[client]",
      "web out: default[out]",
      "policy client in: Allow from 10.0.1.2,10.0.1.3",
      "policy out out: Allow TCP to :[10.0.1.2 TCP/80, 10.0.1.3 TCP/80 TCP/81]",
    ],
  },
  {
    name: "a service that is missing",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      service("else/shop", "10.0.1.2 TCP/80"),
      letsIn({ service: "prod/shop" }),
      letsOut({ service: "prod/shop" }),
    ],
    enforced: [
      "web in: default[client]",
      "web out: default[out]",
      "policy client in: Allow from nobody",
      "policy out out: Allow TCP to :[]",
    ],
  },
  {
    name: "some ports of a service's backends, by number and by name",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      service("prod/shop", "10.0.1.2 TCP/80", "10.0.1.3 TCP/80", "10.0.1.3 TCP/81"),
      letsOut(
        { service: "prod/shop", ports: [81] },
        { service: "prod/shop", ports: ["http"] },
        { service: "prod/shop", ports: ["80:90", "http"], notPorts: ["http"] },
      ),
    ],
    enforced: [
      ...WEB_OUT,
      "policy out out: Allow TCP to :[10.0.1.3 TCP/81]; Allow TCP to :[10.0.1.2 TCP/80]; " +
        "Allow TCP to :[10.0.1.2 TCP/80, 10.0.1.3 TCP/80 TCP/81] not :[10.0.1.2 TCP/80]",
    ],
  },
  {
    name: "the same ports of other backends",
    updates: [
      DEFAULT,
      WEB,
      farPod("client", "10.0.1.2", { ports: ["http TCP/81"] }),
      service("prod/shop", "10.0.1.2 TCP/81", "10.0.1.4 UDP/81"),
      letsOut(
        { service: "prod/shop", ports: [81] },
        { service: "prod/shop", ports: ["http"] },
        { service: "prod/shop", ports: ["80:90", "http"], notPorts: ["http"] },
      ),
    ],
    enforced: [
      ...WEB_OUT,
      "policy out out: Allow TCP to :[10.0.1.2 TCP/81, 10.0.1.4 UDP/81]; " +
        "Allow TCP to :[10.0.1.2 TCP/81]; " +
        "Allow TCP to :[10.0.1.2 TCP/81, 10.0.1.4 UDP/81] not :[10.0.1.2 TCP/81]",
    ],
  },
  {
    name: "a port name by itself and of a service's backends",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      service("prod/shop", "10.0.1.2 TCP/80", "10.0.1.3 TCP/80"),
      letsOut(
        { ports: ["http"] },
        { service: "prod/shop", ports: ["http"] },
        { service: "else/shop", ports: ["http", 80] },
      ),
    ],
    enforced: [
      ...WEB_OUT,
      "policy out out: Allow TCP to :[10.0.1.2 TCP/80]; Allow TCP to :[10.0.1.2 TCP/80]; " +
        "Allow TCP to :[]",
    ],
  },
  {
    name: "a service with networks and a selector beside it",
    updates: [
      DEFAULT,
      WEB,
      CLIENT,
      service("prod/shop", "10.0.1.2 TCP/80", "fd00::3 TCP/80"),
      letsIn({ service: "prod/shop", nets: ["10.0.0.0/8"], who: "has(app)" }),
    ],
    enforced: [
      ...WEB_IN,
      "policy client in: Allow IPv4 from 10.0.0.0/8 10.0.0.1,10.0.1.2 10.0.1.2,fd00::3",
    ],
  },
];
