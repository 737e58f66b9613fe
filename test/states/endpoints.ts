/** States about endpoints: which are here, what they are called, and where their addresses are. */
import { farPod, nets, pod, policy, profile, tier } from "./parts.ts";
import { allow, deny } from "./rules.ts";
import type { State } from "./state.ts";

const DEFAULT = tier("default", 1_000_000);
const FROM_CLIENT = policy("client", "app == 'web'", {
  ingress: [allow({ from: { who: "app == 'client'" } })],
});

/** More than the few of one kind that are kept in a plain list; of one length, so sorted as text. */
const MANY = Array.from({ length: 9 }, (_, i) => 10 + i);

export const ENDPOINTS: readonly State[] = [
  { name: "nothing", updates: [], enforced: [] },
  {
    name: "one pod without policy",
    updates: [pod("web", "10.0.0.1")],
    enforced: ["web in, out: -"],
  },
  {
    name: "pods on other nodes only",
    updates: [DEFAULT, FROM_CLIENT, farPod("web", "10.0.1.1"), farPod("client", "10.0.1.2")],
    enforced: [],
  },
  {
    name: "a pod here, its client there",
    updates: [DEFAULT, FROM_CLIENT, pod("web", "10.0.0.1"), farPod("client", "10.0.1.2")],
    enforced: ["web in: default[client]", "web out: -", "policy client in: Allow from 10.0.1.2"],
  },
  {
    name: "the client here, the pod there",
    updates: [DEFAULT, FROM_CLIENT, farPod("web", "10.0.0.1"), pod("client", "10.0.1.2")],
    enforced: ["client in, out: -"],
  },
  {
    name: "the pod and its client here",
    updates: [DEFAULT, FROM_CLIENT, pod("web", "10.0.0.1"), pod("client", "10.0.0.2")],
    enforced: [
      "client in, out: -",
      "web in: default[client]",
      "web out: -",
      "policy client in: Allow from 10.0.0.2",
    ],
  },
  {
    name: "a pod of other labels, address and interface under the same key",
    updates: [
      DEFAULT,
      FROM_CLIENT,
      pod("web", "10.0.0.9", { labels: { app: "client" } }),
      pod("other", "10.0.0.1", { labels: { app: "web" } }),
    ],
    enforced: [
      "other in: default[client]",
      "other out: -",
      "web in, out: -",
      "policy client in: Allow from 10.0.0.9",
    ],
  },
  {
    name: "two endpoints of one pod",
    updates: [
      DEFAULT,
      FROM_CLIENT,
      pod("web", "10.0.0.1"),
      { ...pod("web", "10.0.0.2,fd00::2"), key: "web's other interface" },
      farPod("client", "fd00::9"),
    ],
    enforced: [
      "web in: default[client]",
      "web out: -",
      "web's other interface in: default[client]",
      "web's other interface out: -",
      "policy client in: Allow from fd00::9",
    ],
  },
  {
    name: "one address of two clients",
    updates: [
      DEFAULT,
      FROM_CLIENT,
      pod("web", "10.0.0.1"),
      farPod("client", "10.0.1.2"),
      farPod("client again", "10.0.1.2,10.0.1.3", { labels: { app: "client" } }),
    ],
    enforced: [
      "web in: default[client]",
      "web out: -",
      "policy client in: Allow from 10.0.1.2,10.0.1.3",
    ],
  },
  {
    name: "one address of a client and of another",
    updates: [
      DEFAULT,
      FROM_CLIENT,
      pod("web", "10.0.0.1"),
      farPod("client", "10.0.1.2"),
      farPod("client again", "10.0.1.2,10.0.1.3", { labels: { app: "batch" } }),
    ],
    enforced: ["web in: default[client]", "web out: -", "policy client in: Allow from 10.0.1.2"],
  },
  {
    name: "an endpoint without address, and one with an address twice",
    updates: [
      DEFAULT,
      FROM_CLIENT,
      pod("web", ""),
      farPod("client", "10.0.1.2,10.0.1.2,::ffff:10.0.1.2"),
    ],
    enforced: ["web in: default[client]", "web out: -", "policy client in: Allow from 10.0.1.2"],
  },
  {
    name: "a client by both families",
    updates: [
      DEFAULT,
      policy("client", "app == 'web'", {
        ingress: [
          allow({ family: 6, from: { who: "app == 'client'" } }),
          deny({ family: 4, from: { notWho: "app == 'client'" } }),
        ],
      }),
      pod("web", "10.0.0.1,fd00::1"),
      farPod("client", "10.0.1.2,fd00::1:2"),
    ],
    enforced: [
      "web in: default[client]",
      "web out: -",
      "policy client in: Allow IPv6 from 10.0.1.2,fd00::1:2; Deny IPv4 from not 10.0.1.2,fd00::1:2",
    ],
  },
  {
    name: "a pod that is its own client",
    updates: [
      DEFAULT,
      policy("client", "all()", { ingress: [allow({ from: { who: "all()" } })] }),
      pod("web", "10.0.0.1"),
    ],
    enforced: ["web in: default[client]", "web out: -", "policy client in: Allow from 10.0.0.1"],
  },
  {
    name: "profiles that no pod here names",
    updates: [
      profile("open", [allow()], [allow()]),
      farPod("client", "10.0.1.2", { profiles: ["open"] }),
      pod("web", "10.0.0.1"),
    ],
    enforced: ["web in, out: -"],
  },
  {
    name: "many pods and many clients",
    updates: [
      DEFAULT,
      FROM_CLIENT,
      ...MANY.flatMap((i) => [
        pod(`web${i}`, `10.0.0.${i}`, { labels: { app: "web" }, profiles: ["kns.prod"] }),
        farPod(`client${i}`, `10.0.1.${i}`, { labels: { app: "client" } }),
      ]),
    ],
    enforced: [
      ...MANY.flatMap((i) => [
        `web${i} in: default[client] > no profile kns.prod`,
        `web${i} out: no profile kns.prod`,
      ]),
      `policy client in: Allow from ${MANY.map((i) => `10.0.1.${i}`)}`,
      "no profile kns.prod in, out: -",
    ],
  },
  {
    name: "many policies and many network sets",
    updates: [
      DEFAULT,
      pod("web", "10.0.0.1"),
      ...MANY.flatMap((i) => [
        nets(`client${i}`, { app: "client" }, `10.0.${i}.0/24`, "10.1.0.1"),
        policy(`client${i}`, "app == 'web'", {
          ingress: [allow({ from: { who: "app == 'client'" } })],
        }),
      ]),
    ],
    enforced: [
      `web in: default[${MANY.map((i) => `client${i}`).join(" ")}]`,
      "web out: -",
      ...MANY.map(
        (i) => `policy client${i} in: Allow from 10.1.0.1,${MANY.map((j) => `10.0.${j}.0/24`)}`,
      ),
    ],
  },
];
