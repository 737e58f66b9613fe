import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hostEndpoint, namespace, node, pod, serviceAccount, tier } from "../../../test/cluster.ts";
import { admitted } from "../../../test/differential/admitted.ts";
import { generateCluster } from "../../../test/differential/generate.ts";
import { Random } from "../../../test/differential/random.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { resourceKey } from "../resources/resource-key.ts";
import { modelOf } from "./convert.ts";
import { inheriting, inNamespace } from "./labels.ts";
import type { Model, Problem } from "./model.ts";
import { sortedProblems } from "./problems-by-key.ts";
import { ModelStream } from "./stream.ts";
import type { ModelUpdate } from "./update.ts";

/** A stream, and the last values that it told. */
class Told {
  readonly stream = new ModelStream((update) => this.#hear(update));
  readonly #values = new Map<string, ModelUpdate>();

  constructor(updates: Iterable<readonly [string, AnyResource | undefined]> = []) {
    for (const [key, resource] of updates) this.stream.update(key, resource);
    this.stream.flush();
  }

  put(...objects: readonly object[]): this {
    for (const one of objects as AnyResource[]) this.stream.update(resourceKey(one), one);
    this.stream.flush();
    return this;
  }

  take(...objects: readonly object[]): this {
    for (const one of objects as AnyResource[]) this.stream.update(resourceKey(one), undefined);
    this.stream.flush();
    return this;
  }

  of<P extends ModelUpdate["part"]>(part: P): Map<string, NonNullable<ValueOf<P>>> {
    const found = new Map<string, NonNullable<ValueOf<P>>>();
    for (const { part: of, key, value } of this.#values.values()) {
      if (of === part) found.set(key, value as NonNullable<ValueOf<P>>);
    }
    return found;
  }

  /** All that can be known, in an order of its own. */
  get everything(): string[] {
    const { problems, hosts, configurations, identities, holdings } = this.stream;
    const asked = { hosts, configurations, identities, holdings };
    return [...[...this.#values.values()].map(textOf).sort(), textOf(asked), textOf(problems)];
  }

  #hear(update: ModelUpdate): void {
    const place = `${update.part} ${update.key}`;
    if (update.value === undefined) {
      assert.ok(this.#values.delete(place), `${place} goes that never was`);
    } else this.#values.set(place, update);
  }
}

type ValueOf<P extends ModelUpdate["part"]> = Extract<ModelUpdate, { readonly part: P }>["value"];

/** Equal for equal values; maps and sets in an order of their own. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Map) return ["map", ...[...one].map(textOf).sort()];
    if (one instanceof Set) return ["set", ...[...one].map(textOf).sort()];
    return one === Number.POSITIVE_INFINITY ? "Infinity" : one;
  });
}

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

const CALICO = "projectcalico.org/v3";

function calico(kind: string, metadata: object, spec: object): object {
  return { apiVersion: CALICO, kind, metadata, spec };
}

function globalPolicy(name: string, spec: object = {}): object {
  return calico("GlobalNetworkPolicy", { name }, { types: ["Ingress"], ...spec });
}

function toNodes(labels: object): object {
  const egress = [{ action: "Accept", to: [{ nodes: { matchLabels: labels } }] }];
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: "to-nodes" },
    spec: { tier: "Admin", priority: 1, subject: { namespaces: {} }, egress },
  };
}

function labelledNode(name: string, address: string, labels: object): object {
  return { ...node(name, address), metadata: { name, labels } };
}

function slice(name: string, service: string | undefined, ...addresses: string[]): object {
  const labels = service === undefined ? {} : { "kubernetes.io/service-name": service };
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace: "shop", labels },
    addressType: "IPv4",
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports: [{ protocol: "TCP", port: 80 }],
  };
}

/** What random clusters lack: objects that depend on others, or that cannot be read. */
const MORE: readonly AnyResource[] = [
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
] as readonly object[] as readonly AnyResource[];

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

describe("a stream that hears", () => {
  const web = pod("shop/web", "n1", ["10.0.0.1"]);
  const shop = namespace("shop");
  const KEY = "v1/Pod/shop/web";

  it("the same thing twice is as if it heard it once", () => {
    assert.deepEqual(
      new Told().put(shop, web, web).put(web).everything,
      new Told().put(shop, web).everything,
    );
  });

  it("that something goes which was never there says nothing", () => {
    assert.deepEqual(new Told().take(web, shop, tier("t", {})).everything, new Told().everything);
  });

  it("an object that says it is another under that key refuses it, and what was there is gone", () => {
    const others: readonly object[] = [
      { ...web, metadata: { name: "other", namespace: "shop" } },
      { ...web, metadata: { name: "web", namespace: "other" } },
      { ...web, apiVersion: "v2" },
      globalPolicy("web"),
    ];
    for (const other of others) {
      const told = new Told().put(shop, web);
      told.stream.update(KEY, other as AnyResource);
      told.stream.flush();
      assert.deepEqual([...told.of("workload"), ...told.of("policy")], []);
      const [problem, ...more] = told.stream.problems;
      assert.deepEqual(more, []);
      const { message, ...where } = problem ?? { message: "" };
      const object = { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web" };
      assert.deepEqual(where, { ...object, path: "" });
      assert.ok(message.includes(resourceKey(other as AnyResource)), message);
      assert.deepEqual(told.put(web).everything, new Told().put(shop, web).everything);
    }
  });

  it("a selector that no longer parses denies, and says so until it parses again", () => {
    const told = new Told().put(globalPolicy("p", { selector: "has(a)" }));
    const key = `${CALICO}/GlobalNetworkPolicy//p`;
    assert.equal(told.of("policy").get(key)?.unenforceable, undefined);
    told.put(globalPolicy("p", { selector: "has(" }));
    assert.match(told.of("policy").get(key)?.unenforceable ?? "", /^spec.selector: /);
    assert.deepEqual(
      told.stream.problems.map(({ path }) => path),
      ["spec.selector"],
    );
    told.put(globalPolicy("p", { selector: "has(b)" }));
    assert.equal(told.of("policy").get(key)?.unenforceable, undefined);
    assert.deepEqual(told.stream.problems, []);
  });

  it("that something goes and comes back in one batch has it as it came", () => {
    const objects = [
      shop,
      web,
      globalPolicy("p"),
      toNodes({ zone: "a" }),
      slice("s", "s", "10.0.0.1"),
    ];
    const told = new Told().put(...objects);
    for (const one of objects as AnyResource[]) {
      told.stream.update(resourceKey(one), undefined);
      told.stream.update(resourceKey(one), one);
    }
    told.stream.flush();
    assert.deepEqual(told.everything, new Told().put(...objects).everything);
  });

  it("of nodes says anew what depends on them", () => {
    const told = new Told().put(toNodes({ zone: "a" }));
    const nets = () =>
      [...told.of("policy").values()].flatMap(({ egress }) =>
        egress.flatMap(({ destination }) => destination.nets ?? []),
      ).length;
    assert.equal(nets(), 0);
    const first = labelledNode("n1", "192.168.0.1", { zone: "a" });
    told.put(first, labelledNode("n2", "192.168.0.2", { zone: "b" }));
    assert.equal(nets(), 1);
    told.put(labelledNode("n2", "192.168.0.2", { zone: "a" }));
    assert.equal(nets(), 2);
    told.take(first);
    assert.equal(nets(), 1);
  });

  it("of a node as it was says nothing anew", () => {
    const one = labelledNode("n1", "192.168.0.1", { zone: "a" });
    const told = new Told().put(one, toNodes({ zone: "a" }), hostEndpoint("h", "n1"));
    const { hosts, configurations } = told.stream;
    const before = [...told.of("policy").values()];
    told.put({ ...one, status: { addresses: [{ type: "InternalIP", address: "192.168.0.1" }] } });
    assert.equal(told.stream.hosts, hosts);
    assert.equal(told.stream.configurations, configurations);
    assert.equal(told.of("policy").values().next().value, before[0]);
  });

  it("of an object that is to policy as it was says nothing anew", () => {
    const ready = slice("a", "api", "10.0.0.1", "10.0.0.2") as { endpoints: readonly object[] };
    const unready = ready.endpoints.map((one) => ({ ...one, conditions: { ready: false } }));
    const annotated = { ...shop, metadata: { name: "shop", labels: {}, annotations: { a: "b" } } };
    const told = new Told().put(ready, shop);
    const service = told.of("service").get("shop/api");
    const labels = told.of("profileLabels").get("kns.shop");
    told.put({ ...ready, endpoints: unready }, annotated);
    assert.equal(told.of("service").get("shop/api"), service);
    assert.equal(told.of("profileLabels").get("kns.shop"), labels);
  });

  it("of a tier heals what names it, and has the built-in one back when a written one goes", () => {
    const written = tier("default", { order: 1, defaultAction: "Pass" });
    const ops = tier("ops", { order: 10 });
    const told = new Told().put(globalPolicy("p", { tier: "ops" }), written);
    assert.deepEqual(
      told.stream.problems.map(({ path }) => path),
      ["spec.tier"],
    );
    assert.equal(told.of("tier").get("default")?.order, 1);
    told.put(ops).take(written);
    assert.deepEqual(told.stream.problems, []);
    assert.equal(told.of("tier").get("default")?.order, 1_000_000);
    told.take(ops);
    assert.deepEqual(
      told.stream.problems.map(({ path }) => path),
      ["spec.tier"],
    );
  });

  it("of pods whose namespace is not there says so once, until it is or they go", () => {
    const other = pod("shop/db", "n1", ["10.0.0.2"]);
    const missing = (told: Told) => told.stream.problems.map(({ kind, name }) => `${kind} ${name}`);
    const told = new Told().put(web, other);
    assert.deepEqual(missing(told), ["Namespace shop"]);
    assert.deepEqual(missing(told.put(shop)), []);
    assert.deepEqual(missing(told.take(shop)), ["Namespace shop"]);
    assert.deepEqual(missing(told.take(web)), ["Namespace shop"]);
    assert.deepEqual(missing(told.take(other)), []);
  });

  it("of a Profile that is a namespace's has it only while that namespace is not there", () => {
    const written = calico("Profile", { name: "kns.shop" }, { labelsToApply: { a: "b" } });
    const labels = (told: Told) => [...(told.of("profileLabels").get("kns.shop")?.keys() ?? [])];
    const told = new Told().put(written);
    assert.deepEqual(labels(told), ["a"]);
    assert.ok(labels(told.put(shop)).every((label) => label.startsWith("pcns.")));
    assert.deepEqual(labels(told.take(shop)), ["a"]);
    assert.deepEqual(labels(told.take(written)), []);
    assert.ok(!told.of("profile").has("kns.shop"));
  });

  it("of slices has a service as long as there is one, whichever it belonged to", () => {
    const services = (told: Told) =>
      [...told.of("service")].map(([key, { addresses }]) => `${key} ${addresses.length}`).sort();
    const told = new Told().put(slice("a", "api", "10.0.0.1"), slice("b", "api", "10.0.0.2"));
    assert.deepEqual(services(told), ["shop/api 2"]);
    assert.deepEqual(services(told.put(slice("b", "web", "10.0.0.2"))), [
      "shop/api 1",
      "shop/web 1",
    ]);
    assert.deepEqual(services(told.put(slice("a", undefined, "10.0.0.1"))), ["shop/web 1"]);
  });
});
