import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostEndpoint, namespace, pod, tier } from "../../../test/cluster.ts";
import {
  CALICO,
  calico,
  globalPolicy,
  labelledNode,
  resource,
  slice,
  toNodes,
} from "../../../test/model-stream/objects.ts";
import { Told } from "../../../test/model-stream/told.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { resourceKey } from "../resources/resource-key.ts";

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
      // That it is what its type says is what nobody may rely on here.
      const contradiction = other as AnyResource;
      told.stream.update(KEY, contradiction);
      told.stream.flush();
      assert.deepEqual([...told.of("workload"), ...told.of("policy")], []);
      const [problem, ...more] = told.stream.problems;
      assert.deepEqual(more, []);
      const { message, ...where } = problem ?? { message: "" };
      const object = { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web" };
      assert.deepEqual(where, { ...object, path: "" });
      assert.ok(message.includes(resourceKey(contradiction)), message);
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
    for (const one of objects.map(resource)) {
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
