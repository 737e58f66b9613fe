import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { KINDS } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { loadCredentials } from "../apiserver/credentials.ts";
import { type ApiServer, createApiServer } from "../apiserver/server.ts";
import { MemoryStorage } from "../storage/memory.ts";
import type { ObjectKey } from "../storage/storage.ts";
import { ApiClient, batchFailure } from "./api-client.ts";
import { ApiSyncer } from "./api-syncer.ts";
import {
  type Connection,
  formatKubeconfig,
  KubeconfigError,
  readKubeconfig,
} from "./kubeconfig.ts";
import { StorageSyncer } from "./storage-syncer.ts";
import type { SyncBatch, Syncer } from "./syncer.ts";

const directory = mkdtempSync(join(tmpdir(), "picket-sync-"));
const TIER = kindOf("Tier");
const KEY: ObjectKey = { type: "tiers.projectcalico.org", namespace: "", name: "t" };
const SYNC_KEY = "projectcalico.org/v3/Tier//t";
/** What every store of these tests holds from the start. */
const BUILT_INS = 5;

let storage: MemoryStorage;
let server: ApiServer;
let connection: Connection;
let client: ApiClient;

before(async () => {
  storage = new MemoryStorage({ changesKept: 20 });
  server = await newServer();
  const { authority, token } = await loadCredentials(directory, Date.now());
  connection = { server: await server.listen(0), authority, token, namespace: "default" };
  client = new ApiClient(connection);
});
after(async () => {
  client.close();
  await server.close();
  rmSync(directory, { recursive: true });
});

const SYNCERS: readonly [string, () => Syncer][] = [
  ["StorageSyncer", () => new StorageSyncer(storage, KINDS)],
  ["ApiSyncer", () => new ApiSyncer({ client, kinds: KINDS })],
];
it("ApiSyncer tells of an object without a name, and goes on", async () => {
  class NamelessClient extends ApiClient {
    override list: ApiClient["list"] = async () => {
      // No Resource, on purpose: what a server should never send.
      const nameless = { apiVersion: "v1", kind: "Namespace", metadata: {} };
      return { ok: true, value: { items: [nameless as unknown as Resource], revision: 1 } };
    };
  }
  const nameless = new NamelessClient(connection);
  const told = Promise.withResolvers<string | undefined>();
  const syncer = new ApiSyncer({ client: nameless, kinds: [TIER], onTrouble: told.resolve });
  syncer.start(() => {});
  assert.match((await told.promise) ?? "", /a list of tiers has one without a name/);
  syncer.stop();
  nameless.close();
});

for (const [name, create] of SYNCERS) {
  describe(name, () => {
    it("tells what is there, then every change, in sync with the store", async () => {
      const view = new View(create());
      await view.until(() => view.inSync);
      assert.equal(view.resources.size, BUILT_INS);
      await apply(tier(1));
      await view.until(() => orderOf(view) === 1);
      await apply(tier(2));
      await view.until(() => orderOf(view) === 2);
      assert.equal(view.revision, storage.revision);
      await client.delete(TIER, "", "t");
      await view.until(() => view.resources.size === BUILT_INS);
      view.syncer.stop();
      await apply(tier(3));
      assert.equal(view.resources.size, BUILT_INS);
      await client.delete(TIER, "", "t");
    });

    it("takes an object that is no longer valid away, and says why", async () => {
      const view = new View(create());
      await apply(tier(1));
      await view.until(() => orderOf(view) === 1);
      storage.update(KEY, tier("first"));
      await view.until(() => view.problems.length > 0);
      assert.deepEqual(view.problems[0]?.where, SYNC_KEY);
      assert.match(view.problems[0]?.message ?? "", /spec.order: Invalid value: "first"/);
      assert.equal(view.resources.has(SYNC_KEY), false);
      storage.delete(KEY);
      view.syncer.stop();
    });
  });
}

describe("ApiSyncer", () => {
  it("finds out what happened while the server was away, however much it was", async () => {
    const own = new ApiClient(connection);
    const troubles: (string | undefined)[] = [];
    const onTrouble = (trouble: string | undefined): void => {
      troubles.push(trouble);
      view.wake();
    };
    const view = new View(new ApiSyncer({ client: own, kinds: KINDS, onTrouble }));
    storage.create(KEY, tier(1));
    await view.until(() => view.inSync && orderOf(view) === 1);
    await server.close();
    await view.until(() => troubles.length > 0);
    storage.delete(KEY);
    for (let i = 0; i < 50; i++) storage.create({ ...KEY, name: `t${i}` }, tier(i, `t${i}`));
    server = await newServer();
    await server.listen(Number(new URL(connection.server).port));
    await view.until(() => view.resources.size === BUILT_INS + 50 && troubles.at(-1) === undefined);
    assert.match(troubles[0] ?? "", /cannot reach https:/);
    assert.equal(view.resources.has(SYNC_KEY), false);
    for (let i = 0; i < 50; i++) storage.delete({ ...KEY, name: `t${i}` });
    await view.until(() => view.resources.size === BUILT_INS);
    view.syncer.stop();
    own.close();
  });
});

describe("ApiClient", () => {
  it("gets, lists, applies and deletes", async () => {
    const created = await apply(tier(7));
    assert.ok(created.metadata.uid);
    const again = await apply(tier(7));
    assert.equal(again.metadata.resourceVersion, created.metadata.resourceVersion);
    const list = await client.list(TIER);
    assert.ok(list.ok);
    assert.deepEqual(
      list.value.items.map(({ kind, metadata }) => [kind, metadata.name]),
      [
        ["Tier", "default"],
        ["Tier", "kube-admin"],
        ["Tier", "kube-baseline"],
        ["Tier", "t"],
      ],
    );
    const found = await client.get(TIER, "", "t");
    assert.match(JSON.stringify(found), /"order":7/);
    assert.ok((await client.delete(TIER, "", "t")).ok);
  });

  it("tells what was refused from what could not be reached", async () => {
    const missing = await client.get(TIER, "", "none");
    assert.ok(!missing.ok && missing.failure.reason === "refused");
    assert.equal(missing.failure.status.reason, "NotFound");
    const batch = await client.applyAll([tier(1), tier("x", "u")]);
    assert.ok(!batch.ok);
    assert.deepEqual(
      batchFailure(batch.failure)?.map(({ index }) => index),
      [1],
    );
    assert.equal((await client.get(TIER, "", "t")).ok, false);
    const nobody = new ApiClient({ ...connection, token: "wrong" });
    const unknown = await nobody.list(TIER);
    assert.ok(!unknown.ok && unknown.failure.reason === "refused");
    assert.equal(unknown.failure.status.code, 401);
    nobody.close();
    const { authority: _, ...untrusted } = connection;
    for (const wrong of [untrusted, { ...connection, server: "https://127.0.0.1:1" }]) {
      const nowhere = new ApiClient(wrong);
      const answer = await nowhere.list(TIER);
      assert.ok(!answer.ok && answer.failure.reason === "unreachable");
      nowhere.close();
    }
  });
});

describe("readKubeconfig", () => {
  it("reads what formatKubeconfig wrote", () => {
    const path = join(directory, "kubeconfig");
    writeFileSync(path, formatKubeconfig(connection));
    assert.deepEqual(readKubeconfig(path), connection);
  });

  for (const [text, message] of [
    ["a: [", /kubeconfig/],
    ["{}", /current-context is not set/],
    ["current-context: a", /context a names no server/],
  ] as const) {
    it(`refuses ${text}`, () => {
      const path = join(directory, "bad-kubeconfig");
      writeFileSync(path, text);
      assert.throws(() => readKubeconfig(path), { name: "KubeconfigError", message });
    });
  }

  it("says that there is none", () => {
    const path = join(directory, "none");
    assert.throws(() => readKubeconfig(path), new KubeconfigError(path, "no such kubeconfig"));
  });
});

/** What a syncer has told so far. */
class View {
  readonly syncer: Syncer;
  readonly resources = new Map<string, Resource>();
  readonly problems: SyncBatch["problems"][number][] = [];
  inSync = false;
  revision = 0;
  wake = (): void => {};

  constructor(syncer: Syncer) {
    this.syncer = syncer;
    syncer.start((batch) => {
      for (const { key, resource } of batch.updates) {
        if (resource) this.resources.set(key, resource);
        else this.resources.delete(key);
      }
      this.problems.push(...batch.problems);
      this.inSync = batch.inSync;
      this.revision = batch.revision;
      this.wake();
    });
  }

  /** Resolves once the condition holds; asked again after each batch. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

async function newServer(): Promise<ApiServer> {
  const { cert, key, token } = await loadCredentials(directory, Date.now());
  const log = {
    error: (about: object, message: string) => {
      throw new Error(message, { cause: about });
    },
  };
  return createApiServer({ storage, kinds: KINDS, token, tls: { cert, key }, log, version: "0" });
}

async function apply(resource: Resource): Promise<Resource> {
  const answer = await client.applyAll([resource]);
  const object = answer.ok && answer.value.items[0]?.object;
  assert.ok(object, JSON.stringify(answer));
  return object;
}

function tier(order: number | string, name = "t"): Resource {
  const tier = { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name } };
  return { ...tier, spec: { order } } as Resource;
}

function orderOf(view: View): unknown {
  const found = view.resources.get(SYNC_KEY);
  return (found as { readonly spec?: { readonly order?: unknown } } | undefined)?.spec?.order;
}

function kindOf(name: string): ResourceKind {
  const kind = KINDS.find((known) => known.kind === name);
  assert.ok(kind);
  return kind;
}
