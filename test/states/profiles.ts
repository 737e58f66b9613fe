/** States about profiles: their rules, and the labels that they hand on. */
import { farPod, handsOn, netsOf, pod, policy, profile, tier } from "./parts.ts";
import { allow, deny, log } from "./rules.ts";
import type { State } from "./state.ts";

const DEFAULT = tier("default", 1_000_000);
const OPEN = profile("kns.prod", [allow()], [allow()]);
/** The labels of namespaces and service accounts, as policy asks for them. */
const FROM_FRIENDS = policy("friends", "app == 'web'", {
  ingress: [
    allow({ from: { who: "pcns.team == 'friends'" } }),
    deny({ from: { who: "pcsa.role == 'batch'" } }),
  ],
});
const ACCOUNTED = { profiles: ["kns.prod", "ksa.prod.batch"] };

export const PROFILES: readonly State[] = [
  {
    name: "a profile that is there",
    updates: [OPEN, pod("web", "10.0.0.1", { profiles: ["kns.prod"] })],
    enforced: ["web in, out: profile kns.prod", "profile kns.prod in, out: Allow"],
  },
  {
    name: "a profile that is missing",
    updates: [pod("web", "10.0.0.1", { profiles: ["kns.prod"] })],
    enforced: ["web in, out: no profile kns.prod", "no profile kns.prod in, out: -"],
  },
  {
    name: "a missing profile before one that is there",
    updates: [OPEN, pod("web", "10.0.0.1", { profiles: ["lost", "kns.prod"] })],
    enforced: [
      "web in, out: no profile lost > profile kns.prod",
      "profile kns.prod in, out: Allow",
      "no profile lost in, out: -",
    ],
  },
  {
    name: "profiles without rules, with other rules, and named by several",
    updates: [
      profile("kns.prod"),
      profile("lost", [log(), deny({ from: { who: "app == 'client'" } })]),
      pod("web", "10.0.0.1", { profiles: ["kns.prod", "lost"] }),
      pod("client", "10.0.0.2", { profiles: ["lost", "lost"] }),
    ],
    enforced: [
      "client in: profile lost > profile lost",
      "client out: -",
      "web in: profile lost",
      "web out: -",
      "profile kns.prod in, out: -",
      "profile lost in: Log; Deny from 10.0.0.2",
    ],
  },
  {
    name: "labels from a namespace and a service account",
    updates: [
      DEFAULT,
      OPEN,
      profile("ksa.prod.batch"),
      handsOn("kns.prod", { "pcns.team": "friends" }),
      handsOn("ksa.prod.batch", { "pcsa.role": "batch" }),
      FROM_FRIENDS,
      pod("web", "10.0.0.1", { profiles: ["kns.prod"] }),
      farPod("client", "10.0.1.2", ACCOUNTED),
      farPod("stranger", "10.0.1.3", { namespace: "else", profiles: ["kns.else"] }),
      netsOf("prod", "office", {}, "192.0.2.0/24"),
      netsOf("else", "office", {}, "198.51.100.0/24"),
      netsOf("", "office", {}, "203.0.113.0/24"),
    ],
    enforced: [
      "web in: default[friends] > profile kns.prod",
      "web out: profile kns.prod",
      "policy friends in: Allow from 10.0.0.1,10.0.1.2,192.0.2.0/24; Deny from 10.0.1.2",
      "profile kns.prod in, out: Allow",
    ],
  },
  {
    name: "other labels from the namespace, none from the account",
    updates: [
      DEFAULT,
      OPEN,
      handsOn("kns.prod", { "pcns.team": "strangers" }),
      handsOn("kns.else", { "pcns.team": "friends" }),
      FROM_FRIENDS,
      pod("web", "10.0.0.1", { profiles: ["kns.prod"] }),
      farPod("client", "10.0.1.2", ACCOUNTED),
      farPod("stranger", "10.0.1.3", { namespace: "else", profiles: ["kns.else"] }),
      netsOf("prod", "office", {}, "192.0.2.0/24"),
      netsOf("else", "office", {}, "198.51.100.0/24"),
      netsOf("", "office", {}, "203.0.113.0/24"),
    ],
    enforced: [
      "web in: default[friends] > profile kns.prod",
      "web out: profile kns.prod",
      "policy friends in: Allow from 10.0.1.3,198.51.100.0/24; Deny from nobody",
      "profile kns.prod in, out: Allow",
    ],
  },
  {
    name: "a label that several would hand on: its own first, then by the profiles' order",
    updates: [
      DEFAULT,
      handsOn("kns.prod", { tone: "low", colour: "red" }),
      handsOn("lost", { tone: "high", colour: "blue" }),
      policy("red", "colour == 'red'", { ingress: [allow({ from: { who: "tone == 'high'" } })] }),
      policy("blue", "colour == 'blue'", { ingress: [allow({ from: { who: "tone == 'low'" } })] }),
      pod("web", "10.0.0.1", { profiles: ["kns.prod", "lost"], labels: { tone: "high" } }),
      pod("client", "10.0.0.2", { profiles: ["lost", "kns.prod"], labels: { colour: "red" } }),
      pod("other", "10.0.0.3", { profiles: ["lost", "kns.prod"], labels: { tone: "low" } }),
    ],
    enforced: [
      "client in: default[red] > no profile lost > no profile kns.prod",
      "client out: no profile lost > no profile kns.prod",
      "other in: default[blue] > no profile lost > no profile kns.prod",
      "other out: no profile lost > no profile kns.prod",
      "web in: default[red] > no profile kns.prod > no profile lost",
      "web out: no profile kns.prod > no profile lost",
      "policy blue in: Allow from 10.0.0.3",
      "policy red in: Allow from 10.0.0.1,10.0.0.2",
      "no profile kns.prod in, out: -",
      "no profile lost in, out: -",
    ],
  },
  {
    name: "a namespace's label chooses whom policy governs",
    updates: [
      DEFAULT,
      handsOn("kns.prod", { "pcns.env": "prod" }),
      handsOn("kns.else", { "pcns.env": "test" }),
      policy("prod", "pcns.env == 'prod'", { egress: [deny()] }),
      policy("elsewhere", "has(pcns.env) && pcns.env != 'prod'", { egress: [allow()] }),
      profile("kns.prod"),
      profile("kns.else"),
      pod("web", "10.0.0.1", { profiles: ["kns.prod"] }),
      pod("stranger", "10.0.1.3", { namespace: "else", profiles: ["kns.else"] }),
    ],
    enforced: [
      "stranger in: -",
      "stranger out: default[elsewhere]",
      "web in: -",
      "web out: default[prod]",
      "policy elsewhere out: Allow",
      "policy prod out: Deny",
      "profile kns.else in, out: -",
      "profile kns.prod in, out: -",
    ],
  },
  {
    name: "selectors that only say which labels must not be, own or inherited",
    updates: [
      DEFAULT,
      handsOn("kns.prod", { "pcns.team": "friends", constructor: "" }),
      policy("friends", "!has(zone)", {
        ingress: [
          allow({ from: { who: "!has(pcns.team)" } }),
          allow({ from: { who: "pcns.team not in {'strangers', 'none'}" } }),
          deny({ from: { who: "!(constructor == '' || has(__proto__))" } }),
        ],
      }),
      pod("web", "10.0.0.1", { profiles: ["kns.prod"] }),
      pod("other", "10.0.0.2", { labels: Object.fromEntries([["__proto__", "a"]]) }),
      pod("client", "10.0.0.3", { labels: { zone: "out", "pcns.team": "strangers" } }),
    ],
    enforced: [
      "client in, out: -",
      "other in: default[friends]",
      "other out: -",
      "web in: default[friends] > no profile kns.prod",
      "web out: no profile kns.prod",
      "policy friends in: Allow from 10.0.0.2; Allow from 10.0.0.1,10.0.0.2; Deny from 10.0.0.3",
      "no profile kns.prod in, out: -",
    ],
  },
  {
    name: "the same selectors where the namespace hands on other labels",
    updates: [
      DEFAULT,
      handsOn("kns.prod", { zone: "out", "pcns.team": "strangers" }),
      policy("friends", "!has(zone)", {
        ingress: [
          allow({ from: { who: "!has(pcns.team)" } }),
          allow({ from: { who: "pcns.team not in {'strangers', 'none'}" } }),
          deny({ from: { who: "!(constructor == '' || has(__proto__))" } }),
        ],
      }),
      pod("web", "10.0.0.1", { profiles: ["kns.prod"] }),
      pod("other", "10.0.0.2"),
    ],
    enforced: [
      "other in: default[friends]",
      "other out: -",
      "web in, out: no profile kns.prod",
      "policy friends in: Allow from 10.0.0.2; Allow from 10.0.0.2; Deny from 10.0.0.1,10.0.0.2",
      "no profile kns.prod in, out: -",
    ],
  },
];
