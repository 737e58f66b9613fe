import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import type { Resource } from "../../core/resources/resource.ts";
import { MemoryStorage } from "./memory.ts";
import { SqliteStorage } from "./sqlite.ts";
import type { Change, ListRange, ObjectKey, Storage } from "./storage.ts";

const directory = mkdtempSync(join(tmpdir(), "picket-storage-"));
after(() => rmSync(directory, { recursive: true }));
let files = 0;
const newFile = (): string => join(directory, `${++files}.db`);

interface Options {
  readonly changesKept?: number;
}

const IMPLEMENTATIONS: readonly [string, (options?: Options) => Storage][] = [
  ["MemoryStorage", (options) => new MemoryStorage(options)],
  ["SqliteStorage", (options) => new SqliteStorage(newFile(), options)],
];

for (const [name, open] of IMPLEMENTATIONS) {
  describe(`${name} keeps the contract of storage`, () => {
    it("gives back what was created, under its revision", () => {
      const storage = open();
      const created = storage.create(key("a"), pod("a"));
      assert.deepEqual(created, at(pod("a"), 1));
      assert.deepEqual(storage.get(key("a")), created);
      assert.equal(storage.get(key("b")), undefined);
      assert.equal(storage.revision, 1);
    });

    it("creates a key once", () => {
      const storage = open();
      storage.create(key("a"), pod("a"));
      assert.equal(storage.create(key("a"), pod("a")), "AlreadyExists");
      assert.equal(storage.revision, 1);
    });

    it("updates and deletes only at the revision that is expected", () => {
      const storage = open();
      storage.create(key("a"), pod("a"));
      assert.equal(storage.update(key("a"), pod("a"), "7"), "Conflict");
      assert.deepEqual(storage.update(key("a"), pod("a", "x"), "1"), at(pod("a", "x"), 2));
      assert.equal(storage.delete(key("a"), "1"), "Conflict");
      assert.deepEqual(storage.delete(key("a"), "2"), at(pod("a", "x"), 3));
      assert.equal(storage.get(key("a")), undefined);
      assert.equal(storage.update(key("a"), pod("a")), "NotFound");
      assert.equal(storage.delete(key("a")), "NotFound");
      assert.equal(storage.revision, 3);
    });

    it("is not changed through what went in", () => {
      const storage = open();
      const mine = { ...pod("a"), spec: { nets: ["10.0.0.0/8"] } };
      storage.create(key("a"), mine);
      mine.spec.nets.push("0.0.0.0/0");
      const kept: unknown = storage.get(key("a"));
      assert.deepEqual(kept, { ...at(pod("a"), 1), spec: { nets: ["10.0.0.0/8"] } });
    });

    it("keeps a key named __proto__", () => {
      const storage = open();
      const labels = JSON.parse('{"__proto__":"x"}');
      storage.create(key("a"), { ...pod("a"), metadata: { name: "a", labels } });
      assert.deepEqual(Object.keys(storage.get(key("a"))?.metadata.labels ?? {}), ["__proto__"]);
    });

    it("lists by namespace and name, one namespace or all, and no other type", () => {
      const storage = open();
      for (const [namespace, name] of [
        ["b", "y"],
        ["a", "z"],
        ["b", "x"],
      ] as const) {
        storage.create(key(name, namespace), pod(name, "", namespace));
      }
      storage.create({ type: "nodes", namespace: "", name: "n" }, pod("n"));
      assert.deepEqual(names(storage, { type: "pods" }), ["a/z", "b/x", "b/y"]);
      assert.deepEqual(names(storage, { type: "pods", namespace: "b" }), ["b/x", "b/y"]);
      assert.deepEqual(names(storage, { type: "pods", namespace: "c" }), []);
    });

    it("pages through one revision while objects come and go", () => {
      const storage = open();
      for (const name of ["a", "b", "c", "d"]) storage.create(key(name), pod(name));
      const first = storage.list({ type: "pods", limit: 2 });
      assert.ok(first !== "Expired");
      assert.deepEqual([first.objects.length, first.remaining, first.revision], [2, 2, 4]);
      storage.delete(key("c"));
      storage.create(key("bb"), pod("bb"));
      storage.update(key("d"), pod("d", "new"));
      const after = { namespace: "default", name: "b" };
      const second = storage.list({ type: "pods", limit: 2, after, revision: first.revision });
      assert.ok(second !== "Expired");
      assert.deepEqual(second.objects, [at(pod("c"), 3), at(pod("d"), 4)]);
      assert.deepEqual([second.remaining, second.revision], [0, 4]);
      assert.deepEqual(names(storage, { type: "pods", after }), ["default/bb", "default/d"]);
    });

    it("tells what changed after a revision, with what was there before", () => {
      const storage = open();
      storage.create(key("a"), pod("a"));
      storage.update(key("a"), pod("a", "x"));
      storage.delete(key("a"));
      assert.deepEqual(storage.changes(1), [
        { revision: 2, key: key("a"), object: at(pod("a", "x"), 2), previous: at(pod("a"), 1) },
        { revision: 3, key: key("a"), object: undefined, previous: at(pod("a", "x"), 2) },
      ]);
      assert.deepEqual(storage.changes(3), []);
    });

    it("forgets the oldest changes, and says so", () => {
      const storage = open({ changesKept: 3 });
      for (const name of ["a", "b", "c", "d", "e"]) storage.create(key(name), pod(name));
      assert.equal(storage.changes(1), "Expired");
      assert.equal(storage.list({ type: "pods", revision: 1 }), "Expired");
      assert.deepEqual(revisions(storage.changes(2)), [3, 4, 5]);
      assert.equal(storage.changes(6), "Expired");
    });

    it("tells listeners after the write, in order, until they leave", () => {
      const storage = open();
      const heard: number[] = [];
      const leave = storage.subscribe((changes) => {
        assert.ok(storage.get(key("a")));
        heard.push(...revisions(changes));
      });
      storage.create(key("a"), pod("a"));
      storage.update(key("a"), pod("a", "x"));
      leave();
      storage.update(key("a"), pod("a", "y"));
      assert.deepEqual(heard, [1, 2]);
    });

    it("keeps all of a transaction, and tells of it once", () => {
      const storage = open();
      const heard: number[][] = [];
      storage.subscribe((changes) => heard.push(revisions(changes)));
      storage.transaction(() => {
        storage.create(key("a"), pod("a"));
        storage.transaction(() => storage.create(key("b"), pod("b")));
        storage.delete(key("a"));
      });
      assert.deepEqual(heard, [[1, 2, 3]]);
      assert.deepEqual(names(storage, { type: "pods" }), ["default/b"]);
    });

    it("keeps nothing of a transaction that throws", () => {
      const storage = open();
      storage.create(key("a"), pod("a"));
      const heard: number[][] = [];
      storage.subscribe((changes) => heard.push(revisions(changes)));
      const failing = (): void =>
        storage.transaction(() => {
          storage.update(key("a"), pod("a", "x"));
          storage.create(key("b"), pod("b"));
          storage.delete(key("a"));
          throw new Error("no");
        });
      assert.throws(failing, /^Error: no$/);
      assert.deepEqual(heard, []);
      assert.equal(storage.revision, 1);
      assert.deepEqual(storage.get(key("a")), at(pod("a"), 1));
      assert.deepEqual(names(storage, { type: "pods" }), ["default/a"]);
      assert.deepEqual(storage.changes(1), []);
      storage.create(key("c"), pod("c"));
      assert.deepEqual(revisions(storage.changes(1)), [2]);
    });
  });
}

describe("both stores", () => {
  it("agree after any writes", () => {
    const write = fc.record({
      verb: fc.constantFrom("create", "update", "delete"),
      name: fc.constantFrom("a", "b", "c"),
      label: fc.constantFrom("x", "y"),
      expected: fc.option(fc.integer({ min: 1, max: 12 }).map(String), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 20 }), (writes) => {
        const stores = [new MemoryStorage({ changesKept: 5 }), openSqlite({ changesKept: 5 })];
        const told = stores.map((storage) => {
          const answers: unknown[] = [];
          for (const { verb, name, label, expected } of writes) {
            if (verb === "create") answers.push(storage.create(key(name), pod(name, label)));
            else if (verb === "delete") answers.push(storage.delete(key(name), expected));
            else answers.push(storage.update(key(name), pod(name, label), expected));
            answers.push(storage.list({ type: "pods", limit: 2 }));
          }
          for (let revision = 0; revision <= 21; revision++) {
            answers.push(storage.changes(revision), storage.list({ type: "pods", revision }));
          }
          storage.close();
          return answers;
        });
        assert.deepEqual(told[0], told[1]);
      }),
      { numRuns: 25 },
    );
  });
});

describe("SqliteStorage", () => {
  it("finds everything again when it is opened anew", () => {
    const file = newFile();
    const first = new SqliteStorage(file, { changesKept: 2 });
    for (const name of ["a", "b", "c"]) first.create(key(name), pod(name));
    first.close();
    const second = new SqliteStorage(file);
    assert.equal(second.revision, 3);
    assert.deepEqual(names(second, { type: "pods" }), ["default/a", "default/b", "default/c"]);
    assert.deepEqual(revisions(second.changes(1)), [2, 3]);
    assert.equal(second.changes(0), "Expired");
    second.close();
  });

  it("has every write that it acknowledged after the process is killed", async () => {
    const file = newFile();
    const script = `
      import { SqliteStorage } from ${JSON.stringify(import.meta.resolve("./sqlite.ts"))};
      const storage = new SqliteStorage(${JSON.stringify(file)});
      for (let i = 0; ; i++) {
        const name = "n" + i;
        const object = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" } };
        storage.create({ type: "pods", namespace: "default", name }, object);
        process.stdout.write(name + "\\n");
      }`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script]);
    let told = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      told += chunk;
      if (told.length > 500) child.kill("SIGKILL");
    }
    const acknowledged = told.split("\n").slice(0, -1);
    const storage = new SqliteStorage(file);
    for (const name of acknowledged) assert.ok(storage.get(key(name)), name);
    assert.ok(storage.revision >= acknowledged.length && acknowledged.length > 0);
    storage.close();
  });

  it("is readable by its owner only", () => {
    const file = newFile();
    const storage = new SqliteStorage(file);
    storage.create(key("a"), pod("a"));
    for (const suffix of ["", "-wal"]) assert.equal(statSync(file + suffix).mode & 0o777, 0o600);
    storage.close();
  });

  it("refuses a file that is in use", () => {
    const file = newFile();
    const storage = new SqliteStorage(file);
    assert.throws(() => new SqliteStorage(file), /is in use by another process/);
    storage.close();
    new SqliteStorage(file).close();
  });

  it("refuses a file that is something else", () => {
    const path = newFile();
    writeFileSync(path, "a shopping list\n".repeat(100));
    assert.throws(() => new SqliteStorage(path), /is not a store that can be opened/);
  });
});

function openSqlite(options: Options): Storage {
  return new SqliteStorage(newFile(), options);
}

function key(name: string, namespace = "default"): ObjectKey {
  return { type: "pods", namespace, name };
}

function pod(name: string, label = "", namespace = "default"): Resource {
  const labels = label === "" ? {} : { labels: { color: label } };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, ...labels } };
}

function at(object: Resource, revision: number): Resource {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

function names(storage: Storage, range: ListRange): string[] {
  const page = storage.list(range);
  assert.ok(page !== "Expired");
  return page.objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

function revisions(changes: readonly Change[] | "Expired"): number[] {
  assert.ok(changes !== "Expired");
  return changes.map((change) => change.revision);
}
