import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hostEndpoint, namespace, pod, serviceAccount, tier } from "../../../test/cluster.ts";
import { admitted } from "../../../test/differential/admitted.ts";
import { generateCluster } from "../../../test/differential/generate.ts";
import { Random } from "../../../test/differential/random.ts";
import {
  calico,
  globalPolicy,
  labelledNode,
  resource,
  slice,
  toNodes,
} from "../../../test/model-stream/objects.ts";
import { Told, textOf } from "../../../test/model-stream/told.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { resourceKey } from "../resources/resource-key.ts";
import { modelOf } from "./convert.ts";
import { inheriting, inNamespace } from "./labels.ts";
import type { Model, Problem } from "./model.ts";
import { sortedProblems } from "./problems-by-key.ts";
import { ModelStream } from "./stream.ts";
import type { ModelUpdate } from "./update.ts";

/** What {@link modelOf} says, as far as it is asked for here. */
function modelTexts(model: Omit<Model, "problems">, problems: readonly Problem[]): string[] {
  const { workloads, hostEndpoints, networkSets, policies, services, tiers, ...rest } = model;
  const { profiles, hosts, namespaces, serviceAccounts, configuration, nodeConfigurations } = rest;
  const lists = { workloads, hostEndpoints, networkSets, policies, services, tiers };
  return [
    ...Object.entries(lists).flatMap(([part, list]) =>
      list.map((one) => `${part} ${textOf(one)}`).sort(),
    ),
    textOf({ profiles, hosts, namespaces, serviceAccounts, configuration, nodeConfigurations }),
    ...sortedProblems(problems).map(textOf),
  ];
}

/** The model that was told, labels handed on. */
function toldModel(told: Told): Omit<Model, "problems"> {
  const labels = told.of("profileLabels");
  const { hosts, configurations, identities } = told.stream;
  return {
    workloads: [...told.of("workload").values()].map((one) => inheriting(one, labels)),
    hostEndpoints: [...told.of("hostEndpoint").values()].map((one) => inheriting(one, labels)),
    networkSets: [...told.of("networkSet").values()].map((one) => inNamespace(one, labels)),
    policies: [...told.of("policy").values()],
    services: [...told.of("service").values()],
    tiers: [...told.of("tier").values()],
    profiles: told.of("profile"),
    hosts,
    ...configurations,
    ...identities,
  };
}

/** What random clusters lack: objects that depend on others, or that cannot be read. */
const WRITTEN: readonly object[] = [
  labelledNode("node-1", "172.16.0.9", { zone: "a" }),
  labelledNode("node-1", "172.16.0.8", { zone: "a" }),
  labelledNode("node-2", "172.16.0.2", { zone: "a" }),
  hostEndpoint("first", "node-1", { expectedIPs: ["172.16.0.8", "10.9.9.1"] }),
  hostEndpoint("second", "node-1", { expectedIPs: ["10.9.9.2"] }),
  toNodes({ zone: "a" }),
  toNodes({ zone: "b" }),
  calico("FelixConfiguration", { name: "some" }, { nodeSelector: "zone == 'a'", vxlanPort: 53 }),
  calico("FelixConfiguration", { name: "some" }, { nodeSelector: "zone = 'a'", vxlanPort: 54 }),
  calico("Profile", { name: "kns.blue" }, { labelsToApply: { "pcns.env": "mine", a: "b" } }),
  calico("Profile", { name: "kns.else" }, { ingress: [{ action: "Deny" }] }),
  calico("Profile", { name: "projectcalico-default-allow" }, { labelsToApply: { a: "b" } }),
  tier("default", { order: 5, defaultAction: "Pass" }),
  globalPolicy("web0", { selector: "a =" }),
  globalPolicy("we", { ingress: [{ action: "Allow", source: { selector: "(" } }] }),
  globalPolicy("web", { tier: "ops" }),
  calico("StagedGlobalNetworkPolicy", { name: "web" }, { stagedAction: "Delete" }),
  pod("else/pod-0", "node-1", ["10.0.9.9"]),
  pod("blue/pod-0", "node-1", ["nonsense"]),
  slice("shop-0", undefined, "10.0.0.1"),
  slice("shop-0", "shop", "10.0.0.1"),
  slice("shop-1", "shop", "10.0.0.1", "10.0.0.2"),
  slice("shop-1", "shop", "10.0.0.1", "10.0.0.3"),
  slice("shop-1", "api", "10.0.0.1", "10.0.0.3"),
  { ...slice("shop-0", "shop", "10.0.0.4"), ports: [] },
  { ...slice("shop-0", "shop", "10.0.0.5"), ports: [] },
  { ...slice("shop-1", "shop", "10.0.0.1", "10.0.0.3"), ports: [{ protocol: "UDP", port: 80 }] },
  { ...slice("shop-1", "shop", "10.0.0.1", "10.0.0.3"), ports: [{ protocol: "UDP", port: 81 }] },
  slice("shop-1", "api", "10.0.0.2"),
];
const MORE: readonly AnyResource[] = WRITTEN.map(resource);

/** Every object as it may be, by key. */
function variants(random: Random): Map<string, AnyResource[]> {
  const clusters = Array.from({ length: 3 }, () => generateCluster(random).map(admitted));
  return Map.groupBy([...clusters.flat(), ...MORE], resourceKey);
}

function shuffled<T>(random: Random, all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, at: random.below(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

describe("ModelStream", () => {
  it("tells after any history what a fresh one tells, and what the model of it all is", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 0, max: 300 }),
        (seed, steps) => {
          const random = new Random(seed);
          const objects = [...variants(random)];
          const told = new Told();
          const now = new Map<string, AnyResource>();
          for (let step = 0; step < steps; step++) {
            const [key, some] = random.pick(objects) ?? ["", []];
            const one = random.chance(3) ? random.pick(MORE) : random.pick(some);
            const resource = random.chance(25) ? undefined : one;
            told.stream.update(key, resource);
            if (resource) now.set(key, resource);
            else now.delete(key);
            if (random.chance(20)) told.stream.flush();
            if (random.chance(10)) assert.ok(told.everything);
          }
          told.stream.flush();

          assert.deepEqual(told.everything, new Told(shuffled(random, [...now])).everything);
          const sound = [...now].filter(([key, one]) => resourceKey(one) === key);
          const refused = told.stream.problems.filter(({ message }) =>
            message.includes(" of itself"),
          );
          assert.equal(refused.length, now.size - sound.length);
          const model = modelOf(sound.map(([, one]) => one));
          const others = told.stream.problems.filter((problem) => !refused.includes(problem));
          assert.deepEqual(modelTexts(toldModel(told), others), modelTexts(model, model.problems));

          for (const key of shuffled(random, [...now.keys()])) told.stream.update(key, undefined);
          told.stream.flush();
          assert.deepEqual(told.everything, new Told().everything);
          assert.deepEqual([...new Set(Object.values(told.stream.holdings))], [0]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("tells what is always there at the first flush, and once", () => {
    const told: ModelUpdate[] = [];
    const stream = new ModelStream((update) => told.push(update));
    assert.deepEqual(told, []);
    stream.flush();
    stream.flush();
    assert.deepEqual(told.map(({ part, key }) => `${part} ${key}`).sort(), [
      "profile projectcalico-default-allow",
      "tier default",
      "tier kube-admin",
      "tier kube-baseline",
    ]);
  });

  it("tells labels apart from what profiles hand on", () => {
    const told = new Told().put(
      namespace("shop", { team: "sales" }),
      serviceAccount("shop/clerk", {}),
    );
    told.put(pod("shop/web", "n1", ["10.0.0.1"], { serviceAccountName: "clerk" }));
    const own = told.of("workload").get("v1/Pod/shop/web");
    assert.deepEqual([...(own?.labels.keys() ?? [])].sort(), [
      "app",
      "projectcalico.org/namespace",
      "projectcalico.org/orchestrator",
      "projectcalico.org/serviceaccount",
    ]);
    assert.deepEqual(own?.profiles, ["kns.shop", "ksa.shop.clerk"]);
    assert.deepEqual([...told.of("profileLabels").keys()].sort(), ["kns.shop", "ksa.shop.clerk"]);
    assert.equal(told.of("profileLabels").get("kns.shop")?.get("pcns.team"), "sales");
  });
});
