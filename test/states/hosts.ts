/** States about host endpoints, which have four lists. */
import { farPod, host, pod, policy, profile, tier } from "./parts.ts";
import { allow, deny } from "./rules.ts";
import type { State } from "./state.ts";

const DEFAULT = tier("default", 1_000_000);
const OPS = tier("ops", 10, "Pass");
const CLIENT = farPod("client", "10.0.1.2");
const FROM_CLIENT = allow({ from: { who: "app == 'client'" } });
const TO_CLIENT = allow({ to: { who: "app == 'client'" } });

export const HOSTS: readonly State[] = [
  {
    name: "a host endpoint without policy, and one of another node",
    updates: [DEFAULT, host("eth0", "eth0"), host("far", "eth0", { node: "there" })],
    enforced: ["host eth0 in, out: -"],
  },
  {
    name: "one policy for a pod and a host",
    updates: [
      DEFAULT,
      CLIENT,
      pod("web", "10.0.0.1"),
      host("eth0", "eth0", { profiles: ["open"] }),
      profile("open", [allow()]),
      policy("client", "has(app) || has(host)", { ingress: [FROM_CLIENT], egress: [deny()] }),
    ],
    enforced: [
      "host eth0 in: default[client] > profile open",
      "host eth0 out: default[client]",
      "web in, out: default[client]",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Deny",
      "profile open in: Allow",
    ],
  },
  {
    name: "all four lists",
    updates: [
      DEFAULT,
      OPS,
      CLIENT,
      host("eth0", "eth0", { addresses: "172.16.0.1" }),
      policy("client", "has(host)", {
        applyOnForward: true,
        ingress: [FROM_CLIENT],
        egress: [TO_CLIENT],
      }),
      policy("raw", "has(host)", {
        tier: "ops",
        doNotTrack: true,
        applyOnForward: true,
        ingress: [FROM_CLIENT],
        egress: [TO_CLIENT],
      }),
      policy("before", "has(host)", {
        tier: "ops",
        preDNAT: true,
        applyOnForward: true,
        ingress: [deny({ from: { who: "has(host)" } })],
      }),
      policy("own", "has(host)", { tier: "ops", ingress: [allow()] }),
    ],
    enforced: [
      "host eth0 untracked in, out: ops[raw] or pass",
      "host eth0 preDNAT in: ops[before] or pass",
      "host eth0 forward in, out: default[client]",
      "host eth0 in: ops[own] or pass > default[client]",
      "host eth0 out: default[client]",
      "policy before in: Deny from 172.16.0.1",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Allow to 10.0.1.2",
      "policy own in: Allow",
      "policy raw in: Allow from 10.0.1.2",
      "policy raw out: Allow to 10.0.1.2",
    ],
  },
  {
    name: "the same policies in other lists",
    updates: [
      DEFAULT,
      OPS,
      CLIENT,
      host("eth0", "eth0", { addresses: "172.16.0.1,172.16.0.2" }),
      policy("client", "has(host)", {
        doNotTrack: true,
        applyOnForward: true,
        ingress: [FROM_CLIENT],
        egress: [TO_CLIENT],
      }),
      policy("raw", "has(host)", { tier: "ops", ingress: [FROM_CLIENT], egress: [TO_CLIENT] }),
      policy("before", "has(host)", {
        tier: "ops",
        applyOnForward: true,
        ingress: [deny({ from: { who: "has(host)" } })],
      }),
    ],
    enforced: [
      "host eth0 untracked in, out: default[client] or pass",
      "host eth0 forward in: ops[before] or pass",
      "host eth0 in: ops[before raw] or pass",
      "host eth0 out: ops[raw] or pass",
      "policy before in: Deny from 172.16.0.1,172.16.0.2",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Allow to 10.0.1.2",
      "policy raw in: Allow from 10.0.1.2",
      "policy raw out: Allow to 10.0.1.2",
    ],
  },
  {
    name: "untracked policy on a wildcard, where it has no effect, and for a pod",
    updates: [
      DEFAULT,
      CLIENT,
      pod("web", "10.0.0.1"),
      host("eth0", "*"),
      policy("client", "all()", {
        doNotTrack: true,
        applyOnForward: true,
        ingress: [FROM_CLIENT],
        egress: [TO_CLIENT],
      }),
      policy("before", "all()", {
        preDNAT: true,
        applyOnForward: true,
        ingress: [deny({ from: { who: "has(host)" } })],
      }),
    ],
    enforced: [
      "host eth0 preDNAT in: default[before] or pass",
      "host eth0 in, out: -",
      "web in, out: -",
      "policy before in: Deny from nobody",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Allow to 10.0.1.2",
    ],
  },
  {
    name: "one policy for a host, not forwarded traffic",
    updates: [
      DEFAULT,
      CLIENT,
      host("eth0", "eth0"),
      policy("client", "has(host)", { ingress: [FROM_CLIENT], egress: [TO_CLIENT] }),
    ],
    enforced: [
      "host eth0 in, out: default[client]",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Allow to 10.0.1.2",
    ],
  },
  {
    name: "the policy for forwarded traffic too",
    updates: [
      DEFAULT,
      CLIENT,
      host("eth0", "eth0"),
      policy("client", "has(host)", {
        applyOnForward: true,
        ingress: [FROM_CLIENT],
        egress: [TO_CLIENT],
      }),
    ],
    enforced: [
      "host eth0 forward in, out: default[client]",
      "host eth0 in, out: default[client]",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Allow to 10.0.1.2",
    ],
  },
  {
    name: "the policy untracked, for the host and the wildcard",
    updates: [
      DEFAULT,
      CLIENT,
      host("eth0", "eth0"),
      host("all", "*"),
      policy("client", "has(host)", {
        applyOnForward: true,
        doNotTrack: true,
        ingress: [FROM_CLIENT],
        egress: [TO_CLIENT],
      }),
    ],
    enforced: [
      "host all in, out: -",
      "host eth0 untracked in, out: default[client] or pass",
      "host eth0 in, out: -",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Allow to 10.0.1.2",
    ],
  },
  {
    name: "the wildcard an interface and the interface a wildcard",
    updates: [
      DEFAULT,
      CLIENT,
      host("eth0", "*"),
      host("all", "eth0"),
      policy("client", "has(host)", {
        applyOnForward: true,
        doNotTrack: true,
        ingress: [FROM_CLIENT],
        egress: [TO_CLIENT],
      }),
    ],
    enforced: [
      "host all untracked in, out: default[client] or pass",
      "host all in, out: -",
      "host eth0 in, out: -",
      "policy client in: Allow from 10.0.1.2",
      "policy client out: Allow to 10.0.1.2",
    ],
  },
  {
    name: "a wildcard, a host endpoint found by address, and one of the same name as a pod",
    updates: [
      DEFAULT,
      CLIENT,
      host("all", "*", { labels: { host: "eth0" } }),
      host("eth0", "", { addresses: "172.16.0.1,fd10::1", ports: ["api TCP/6443"] }),
      host("web", "eth1"),
      pod("web", "10.0.0.1"),
      policy("client", "host == 'eth0'", {
        applyOnForward: true,
        ingress: [allow({ protocol: "TCP", to: { ports: ["api"] } })],
      }),
    ],
    enforced: [
      "host all forward in: default[client]",
      "host all in: default[client]",
      "host all out: -",
      "host eth0 forward in: default[client]",
      "host eth0 in: default[client]",
      "host eth0 out: -",
      "host web in, out: -",
      "web in, out: -",
      "policy client in: Allow TCP to :[172.16.0.1 TCP/6443, fd10::1 TCP/6443]",
    ],
  },
];
