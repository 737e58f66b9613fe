/** What must not go wrong with resources, each by its name. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { resourceKey } from "../../src/core/resources/resource-key.ts";
import { namespace, pod, tier } from "../cluster.ts";
import { admitted } from "../differential/admitted.ts";
import { Followed } from "./followed.ts";

const NAMESPACE = taken(namespace("shop"));
const WEB = taken(pod("shop/web", "here", ["10.0.0.1"]));
const CLIENT = taken(pod("shop/client", "here", ["10.0.0.2"]));
const OPS = taken(tier("ops", { order: 10 }));

describe("a calculation that follows resources", () => {
  it("lets in nobody by a selector that no longer parses, says so, and heals", () => {
    const followed = following(NAMESPACE, OPS, WEB, CLIENT, letsIn("app == 'client'"));
    const before = followed.lines;
    assert.equal(allowed(followed).length, 1);
    put(followed, letsIn("app =="));
    assert.deepEqual(allowed(followed), []);
    assert.deepEqual(problems(followed), ["spec.ingress[0].source.selector"]);
    put(followed, letsIn("app == 'client'"));
    assert.deepEqual(followed.lines, before);
    assert.deepEqual(problems(followed), []);
  });

  it("governs no fewer by a policy whose own selector no longer parses", () => {
    const followed = following(NAMESPACE, OPS, WEB, CLIENT, letsIn("app == 'client'"));
    const before = governed(followed);
    assert.notEqual(before.length, 0);
    put(followed, letsIn("app == 'client'", "app =="));
    assert.deepEqual(problems(followed), ["spec.selector"]);
    assert.deepEqual(
      before.filter((line) => !governed(followed).includes(line)),
      [],
    );
  });

  it("takes an object that contradicts its key for none, says so, and heals", () => {
    const followed = following(NAMESPACE, OPS, WEB, CLIENT, letsIn("app == 'client'"));
    const before = followed.lines;
    followed.set(resourceKey(CLIENT), WEB);
    followed.flush();
    assert.deepEqual(allowed(followed), []);
    assert.equal(problems(followed).length, 1);
    put(followed, CLIENT);
    assert.deepEqual(followed.lines, before);
    assert.deepEqual(problems(followed), []);
  });

  it("denies at the end where a policy's tier is gone, and heals", () => {
    const followed = following(NAMESPACE, OPS, WEB, CLIENT, letsIn("app == 'client'"));
    const before = followed.lines;
    followed.set(resourceKey(OPS), undefined);
    followed.flush();
    assert.deepEqual(problems(followed), ["spec.tier"]);
    put(followed, OPS);
    assert.deepEqual(followed.lines, before);
  });
});

/** A policy of the pod `web` in tier `ops`. */
function letsIn(who: string, selector = "app == 'web'"): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name: "web", namespace: "shop" },
    spec: { tier: "ops", selector, ingress: [{ action: "Allow", source: { selector: who } }] },
  };
}

function taken(object: object): AnyResource {
  return admitted(object as AnyResource);
}

function following(...resources: readonly AnyResource[]): Followed {
  const followed = new Followed(() => true);
  put(followed, ...resources);
  return followed;
}

function put(followed: Followed, ...resources: readonly AnyResource[]): void {
  for (const resource of resources) followed.set(resourceKey(resource), resource);
  followed.flush();
}

/** Where the client is let in by the policy. */
function allowed({ lines }: Followed): string[] {
  return lines.filter((line) => /NetworkPolicy.*: ingress: Allow .*from 10\.0\.0\.2/.test(line));
}

/** The lists that the policy stands in. */
function governed({ lines }: Followed): string[] {
  return lines.filter((line) => line.includes("tier ops"));
}

function problems({ problems }: Followed): string[] {
  return problems.map(({ path }) => path);
}
