import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { requires } from "../requirements.ts";
import { Kubectl } from "./kubectl.ts";
import { SAMPLES } from "./samples.ts";

const POLICY = {
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name: "web" },
};

describe("kubectl", { skip: requires({ tools: ["kubectl"] }) }, () => {
  let kubectl: Kubectl;
  before(async () => {
    kubectl = await Kubectl.start();
  });
  after(() => kubectl.close());

  for (const sample of SAMPLES) {
    const { resource, qualified, name, namespaced, manifest } = sample;
    it(`applies, gets, watches, edits and deletes ${qualified}`, async () => {
      const stdin = JSON.stringify(manifest);
      const named = [resource, name];
      assert.equal(
        await kubectl.ok(["apply", "-f", "-"], { stdin }),
        `${qualified}/${name} created\n`,
      );
      assert.equal(
        await kubectl.ok(["apply", "-f", "-"], { stdin }),
        `${qualified}/${name} unchanged\n`,
      );
      const [header, ...rows] = (await kubectl.ok(["get", resource])).trimEnd().split("\n");
      assert.match(header ?? "", /^NAME /);
      assert.ok(
        rows.some((row) => sample.row.test(row)),
        rows.join("\n"),
      );
      assert.match(await kubectl.ok(["describe", ...named]), new RegExp(`^Name: +${name}\\n`));
      const watching = kubectl.watch(["get", ...named, "-w", "--output-watch-events"]);
      await watching.until(/ADDED/);
      await kubectl.ok(["edit", ...named], { edit: sample.edit });
      await watching.until(/MODIFIED/);
      assert.match(await kubectl.ok(["get", ...named, "-o", "yaml"]), sample.edited);
      assert.equal(await kubectl.ok(["get", ...named, "-o", "name"]), `${qualified}/${name}\n`);
      assert.match(await kubectl.ok(["delete", ...named]), /deleted/);
      await watching.until(/DELETED/);
      watching.stop();
      assert.match(await kubectl.fails(["get", ...named]), /NotFound/);
      assert.match(await kubectl.ok(["explain", resource]), /KIND: /);
      if (namespaced) assert.match(await kubectl.ok(["get", resource, "-A"]), /^$|NAMESPACE/);
    });

    it(`applies ${qualified} on the server's side, replaces it and deletes it by file`, async () => {
      const stdin = JSON.stringify(manifest);
      const applied = await kubectl.ok(["apply", "--server-side", "-f", "-"], { stdin });
      assert.equal(applied, `${qualified}/${name} serverside-applied\n`);
      assert.match(await kubectl.ok(["replace", "-f", "-"], { stdin }), /replaced/);
      assert.match(await kubectl.ok(["delete", "-f", "-"], { stdin }), /deleted/);
    });
  }

  it("lists the kinds, their short names and versions", async () => {
    const kinds = await kubectl.ok(["api-resources", "--no-headers"]);
    assert.match(kinds, /networkpolicies +cnp,caliconetworkpolicy +projectcalico\.org\/v3 +true/);
    assert.match(
      kinds,
      /clusternetworkpolicies +cnp +policy\.networking\.k8s\.io\/v1alpha2 +false/,
    );
    assert.match(kinds, /stagednetworkpolicies +scnp,snp +projectcalico\.org\/v3 +true/);
    assert.match(kinds, /networkpolicies +netpol +networking\.k8s\.io\/v1 +true/);
    const versions = await kubectl.ok(["api-versions"]);
    assert.deepEqual(versions.trim().split("\n"), [
      "discovery.k8s.io/v1",
      "networking.k8s.io/v1",
      "picket.io/v1",
      "policy.networking.k8s.io/v1alpha1",
      "policy.networking.k8s.io/v1alpha2",
      "projectcalico.org/v3",
      "v1",
    ]);
    assert.match(await kubectl.ok(["version"]), /Server Version: v1\.\d+\.\d+\+picket/);
  });

  it("shows what is built in", async () => {
    const tiers = await kubectl.ok(["get", "tiers", "--no-headers"]);
    assert.deepEqual(
      tiers
        .trim()
        .split("\n")
        .map((line) => line.split(/ +/)),
      [
        ["default", "1000000", "Deny", "Ready"],
        ["kube-admin", "1000", "Pass", "Ready"],
        ["kube-baseline", "10000000", "Pass", "Ready"],
      ],
    );
    assert.match(await kubectl.fails(["delete", "tier", "default"]), /Forbidden.*built-in/);
    const change = '{"spec":{"order":1}}';
    const patch = ["patch", "tier", "default", "--type=merge", "-p", change];
    assert.match(await kubectl.fails(patch), /must be 1000000/);
  });

  it("explains fields", async () => {
    const explained = await kubectl.ok(["explain", "cnp.spec.ingress.action"]);
    assert.match(
      explained,
      /FIELD: action <string>\nENUM:\n {4}Allow\n {4}Deny\n {4}Log\n {4}Pass/,
    );
  });

  it("creates namespaces and service accounts by name", async () => {
    await kubectl.ok(["create", "namespace", "made"]);
    await kubectl.ok(["create", "serviceaccount", "web", "-n", "made"]);
    assert.match(await kubectl.fails(["create", "namespace", "made"]), /AlreadyExists/);
    assert.match(await kubectl.fails(["create", "sa", "web", "-n", "none"]), /"none" not found/);
    await kubectl.ok(["run", "web", "--image=none", "-n", "made"]);
    assert.match(await kubectl.ok(["get", "ns", "made", "--show-labels"]), /metadata\.name=made/);
    await kubectl.ok(["delete", "namespace", "made"]);
    assert.equal(await kubectl.ok(["get", "pods,sa", "-A", "-o", "name"]), "");
  });

  it("refuses bad manifests with everything that is wrong", async () => {
    const bad = {
      ...POLICY,
      spec: { selectr: "x", ingress: [{ action: "allow", protocol: "TCPP" }] },
    };
    const said = await kubectl.fails(["apply", "-f", "-"], { stdin: JSON.stringify(bad) });
    assert.match(said, /spec\.ingress\[0\]\.action: Unsupported value: "allow": supported values:/);
    assert.match(said, /unknown field "spec\.selectr"/);
    assert.match(said, /spec\.ingress\[0\]\.protocol: Invalid value: "TCPP"/);
    const tierless = { ...POLICY, spec: { tier: "none" } };
    const tier = await kubectl.fails(["apply", "-f", "-"], { stdin: JSON.stringify(tierless) });
    assert.match(tier, /Tier "none" does not exist/);
    const homeless = { ...POLICY, metadata: { name: "web", namespace: "none" }, spec: {} };
    const home = await kubectl.fails(["apply", "-f", "-"], { stdin: JSON.stringify(homeless) });
    assert.match(home, /namespaces "none" not found/);
    assert.equal(await kubectl.ok(["get", "cnp", "-A", "-o", "name"]), "");
  });

  it("writes nothing in a dry run", async () => {
    const stdin = JSON.stringify({ ...POLICY, spec: {} });
    const dry = await kubectl.ok(["apply", "--dry-run=server", "-f", "-"], { stdin });
    assert.match(dry, /created \(server dry run\)/);
    assert.equal(await kubectl.ok(["get", "cnp", "-o", "name"]), "");
    const diff = await kubectl.run(["diff", "-f", "-"], { stdin });
    assert.equal(diff.code, 1, diff.stderr);
  });

  it("applies the article's cluster and every step of its tour", async () => {
    const article = join(import.meta.dirname, "../../examples/article");
    await kubectl.ok(["apply", "-R", "-f", join(article, "cluster")]);
    for (const step of globSync("[0-9]*/", { cwd: article }).sort()) {
      const files = ["-R", "-f", join(article, step)];
      assert.match(await kubectl.ok(["apply", ...files]), /created/);
      assert.match(await kubectl.ok(["delete", ...files]), /deleted/);
    }
    // A namespace takes what is in it along, so that kubectl finds some of it gone.
    await kubectl.ok(["delete", "--ignore-not-found", "-R", "-f", join(article, "cluster")]);
  });

  it("selects by labels and fields, patches and deletes what is selected", async () => {
    await kubectl.ok(["create", "-f", "-"], {
      stdin: JSON.stringify({
        apiVersion: "projectcalico.org/v3",
        kind: "Tier",
        metadata: { name: "t" },
        spec: {},
      }),
    });
    const items = ["a", "b", "c"].map((name) => ({
      ...POLICY,
      metadata: { name },
      spec: { tier: name === "c" ? "t" : "default" },
    }));
    const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await kubectl.ok(["apply", "-f", "-"], { stdin });
    await kubectl.ok(["label", "cnp", "a", "color=red"]);
    await kubectl.ok(["annotate", "cnp", "b", "note=yes"]);
    const namesOf = async (...args: readonly string[]): Promise<string[]> => {
      const format = "jsonpath={.items[*].metadata.name}";
      return (await kubectl.ok(["get", "cnp", ...args, "-o", format])).split(" ").filter(Boolean);
    };
    assert.deepEqual(await namesOf("-l", "color=red"), ["a"]);
    assert.deepEqual(await namesOf("-l", "color notin (red),!x"), ["b", "c"]);
    assert.deepEqual(await namesOf("--field-selector", "spec.tier=t"), ["c"]);
    assert.deepEqual(await namesOf("--field-selector", "metadata.name!=a"), ["b", "c"]);
    assert.deepEqual(await namesOf("--chunk-size=1"), ["a", "b", "c"]);
    assert.deepEqual(await namesOf("-l", "projectcalico.org/tier=t"), ["c"]);
    const json = '[{"op":"add","path":"/spec/order","value":3}]';
    await kubectl.ok(["patch", "cnp", "a", "--type=json", "-p", json]);
    await kubectl.ok(["patch", "cnp", "b", "--type=merge", "-p", '{"spec":{"order":4}}']);
    assert.match(await kubectl.ok(["get", "cnp"]), /a +default +3\nb +default +4\nc +t /);
    assert.match(await kubectl.fails(["delete", "tier", "t"]), /non-empty tier.*default\/c/);
    await kubectl.ok(["delete", "cnp", "-l", "projectcalico.org/tier=default"]);
    assert.deepEqual(await namesOf(), ["c"]);
    await kubectl.ok(["delete", "cnp", "--all"]);
    await kubectl.ok(["delete", "tier", "t"]);
  });

  it("takes a field from another manager only by force", async () => {
    const set = {
      apiVersion: "projectcalico.org/v3",
      kind: "GlobalNetworkSet",
      spec: { nets: [] },
    };
    const stdin = (value: string): string =>
      JSON.stringify({ ...set, metadata: { name: "s", labels: { a: value } } });
    const apply = ["apply", "--server-side", "-f", "-"];
    await kubectl.ok([...apply, "--field-manager=one"], { stdin: stdin("1") });
    const said = await kubectl.fails([...apply, "--field-manager=two"], { stdin: stdin("2") });
    assert.match(said, /conflict with "one": \.metadata\.labels\.a/);
    const force = [...apply, "--field-manager=two", "--force-conflicts"];
    await kubectl.ok(force, { stdin: stdin("2") });
    assert.match(await kubectl.ok(["get", "gns", "s", "--show-labels"]), /a=2/);
    await kubectl.ok(["delete", "gns", "s"]);
  });
});
