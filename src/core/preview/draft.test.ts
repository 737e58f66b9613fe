import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resourcesFrom } from "../../../test/scenario.ts";
import { objectKey, objectName } from "../explanation/object-key.ts";
import { drafted } from "./draft.ts";
import { promoted } from "./promote.ts";

const policy = (name: string, selector: string, kind = "NetworkPolicy", more = "") => `---
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec: { selector: "${selector}"${more} }
`;
const CLUSTER = resourcesFrom(policy("web", "app == 'web'") + policy("db", "app == 'db'"));
const namesOf = (objects: readonly { readonly name: string }[]) => objects.map(({ name }) => name);
const id = (name: string) => ({ kind: "NetworkPolicy", namespace: "shop", name });

describe("drafted", () => {
  it("tells what is new, changed and as before", () => {
    const put = resourcesFrom(
      policy("new", "all()") + policy("web", "app == 'web'") + policy("db", "all()"),
    );
    const found = drafted(CLUSTER, { put, deleted: [] });
    assert.deepEqual(namesOf(found.created), ["new"]);
    assert.deepEqual(namesOf(found.changed), ["db"]);
    assert.deepEqual(namesOf(found.unchanged), ["web"]);
    assert.equal(found.resources.length, 3);
  });

  it("counts an object as before that only a server has written to", () => {
    const [web] = CLUSTER;
    assert.ok(web);
    const metadata = { ...web.metadata, uid: "1", resourceVersion: "7" };
    const found = drafted([{ ...web, metadata }], { put: [web], deleted: [] });
    assert.deepEqual(namesOf(found.unchanged), ["web"]);
  });

  it("deletes what is there and names what is not", () => {
    const found = drafted(CLUSTER, { put: [], deleted: [id("db"), id("gone")] });
    assert.deepEqual(namesOf(found.deleted), ["db"]);
    assert.deepEqual(namesOf(found.missing), ["gone"]);
    assert.deepEqual(
      found.resources.map(({ metadata }) => metadata.name),
      ["web"],
    );
  });

  it("counts the last of what is put twice, and nothing that is deleted too", () => {
    const put = resourcesFrom(
      policy("x", "all()") + policy("x", "app == 'x'") + policy("z", "all()"),
    );
    const { resources, created, missing } = drafted([], { put, deleted: [id("z")] });
    assert.deepEqual(namesOf(created), ["x"]);
    assert.deepEqual(missing, []);
    assert.deepEqual(resources, put.slice(1, 2));
  });
});

describe("promoted", () => {
  it("puts a staged policy in the place of the enforced one of its name", () => {
    const staged = resourcesFrom(policy("web", "all()", "StagedNetworkPolicy"));
    const { resources } = drafted(CLUSTER, promoted([...CLUSTER, ...staged]));
    const web = resources.filter(({ metadata }) => metadata.name === "web");
    assert.deepEqual(web, resourcesFrom(policy("web", "all()")));
  });

  it("takes away what a staged policy announces to delete", () => {
    const staged = resourcesFrom(
      policy("web", "", "StagedNetworkPolicy", ", stagedAction: Delete").replace(
        'selector: "", ',
        "",
      ),
    );
    const { resources } = drafted(CLUSTER, promoted([...CLUSTER, ...staged]));
    assert.deepEqual(
      resources.map((one) => objectKey(objectName(one))),
      ["NetworkPolicy shop/db"],
    );
  });

  it("keeps Kubernetes' policies and projectcalico.org's of one name apart", () => {
    const staged = resourcesFrom(`
apiVersion: projectcalico.org/v3
kind: StagedKubernetesNetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: {} }
`);
    const { resources } = drafted(CLUSTER, promoted([...CLUSTER, ...staged]));
    assert.deepEqual(
      resources.map((one) => objectKey(objectName(one))),
      ["NetworkPolicy shop/web", "NetworkPolicy shop/db", "KubernetesNetworkPolicy shop/web"],
    );
  });

  it("leaves a cluster without staged policies as it is", () => {
    assert.deepEqual(promoted(CLUSTER), { put: [], deleted: [], refused: [] });
  });
});
