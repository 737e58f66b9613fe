import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newRegistry, POD, POLICY, policy } from "./registry-fixture.ts";
import { Refusal } from "./status.ts";
import { Undecided } from "./transactions.ts";
import { PLAIN_WRITE } from "./write.ts";

/** A registry whose guard asks about policies, and lets what was answered pass. */
function start() {
  const asked: { readonly names: string; readonly answer: (mayPass: boolean) => void }[] = [];
  const answers = new Map<string, boolean>();
  let arrived = Promise.withResolvers<void>();
  const registry = newRegistry((storage) => (revision) => {
    const changes = storage.changes(revision);
    assert.ok(changes !== "Expired");
    const policies = changes.filter(({ key }) => key.type.startsWith("networkpolicies"));
    const names = policies.map(({ key }) => key.name).join();
    if (names === "") return;
    const answer = answers.get(names);
    if (answer === false) throw new Refusal(403, "Forbidden", `${names} may not`);
    if (answer) return;
    throw new Undecided(async () => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      asked.push({ names, answer: resolve });
      arrived.resolve();
      arrived = Promise.withResolvers();
      const mayPass = await promise;
      answers.set(names, mayPass);
    });
  });
  /** The question with this number, from 0, when it comes. */
  const question = async (index: number): Promise<(typeof asked)[number]> => {
    for (;;) {
      const found = asked[index];
      if (found) return found;
      await arrived.promise;
    }
  };
  const create = (name: string, dryRun = false) =>
    registry.decided(() =>
      registry.create(POLICY, "default", policy(name), { ...PLAIN_WRITE, dryRun }),
    );
  const stored = (): string[] => {
    const page = registry.storage.list({ type: "networkpolicies.projectcalico.org" });
    return page === "Expired" ? [] : page.objects.map(({ metadata }) => metadata.name);
  };
  return { registry, question, create, stored, answers, asked };
}

describe("a write that the guard has to ask about", () => {
  it("is not there until the answer is, and others are", async () => {
    const { registry, question, create, stored } = start();
    const created = create("one");
    const { answer } = await question(0);
    assert.deepEqual(stored(), []);
    const pod = { metadata: { name: "web" }, spec: { containers: [{ name: "c", image: "c" }] } };
    registry.create(POD, "default", pod, PLAIN_WRITE);
    answer(true);
    assert.equal((await created).outcome, "created");
    assert.deepEqual(stored(), ["one"]);
  });

  it("is refused when the answer is no", async () => {
    const { question, create, stored } = start();
    const created = create("one");
    (await question(0)).answer(false);
    await assert.rejects(created, /one may not/);
    assert.deepEqual(stored(), []);
  });

  it("waits until those before it are decided, whatever becomes of them", async () => {
    const { question, create, stored, asked } = start();
    const all = ["one", "two", "three"].map((name) => create(name));
    (await question(0)).answer(true);
    const second = await question(1);
    assert.deepEqual(stored(), ["one"]);
    assert.equal(asked.length, 2);
    second.answer(false);
    (await question(2)).answer(true);
    const ends = await Promise.allSettled(all);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(
      asked.map(({ names }) => names),
      ["one", "two", "three"],
    );
  });

  it("finds what was written meanwhile", async () => {
    const { registry, question, create } = start();
    const created = create("one");
    const { answer } = await question(0);
    registry.unguarded(() => registry.create(POLICY, "default", policy("one"), PLAIN_WRITE));
    answer(true);
    await assert.rejects(created, /"one" already exists/);
  });

  it("is asked about when it is only tried", async () => {
    const { question, create, stored } = start();
    const tried = create("one", true);
    (await question(0)).answer(true);
    assert.equal((await tried).object.metadata.name, "one");
    assert.deepEqual(stored(), []);
  });

  it("is given up when what it depends on keeps changing", async () => {
    const { question, create, answers, asked } = start();
    const created = create("one");
    const refused = assert.rejects(
      created,
      (refusal) => refusal instanceof Refusal && refusal.status.code === 409,
    );
    for (let i = 0; i < 6; i++) {
      const { answer } = await question(i);
      answer(true);
      // What was answered is of no use any more.
      await Promise.resolve();
      answers.clear();
    }
    await refused;
    assert.equal(asked.length, 6);
  });

  it("passes on what kept the guard from an answer, and the next one is asked about", async () => {
    let isBroken = true;
    const registry = newRegistry(() => () => {
      if (isBroken) {
        throw new Undecided(async () => {
          throw new Error("nobody there");
        });
      }
    });
    const create = () =>
      registry.decided(() => registry.create(POLICY, "default", policy("one"), PLAIN_WRITE));
    await assert.rejects(create(), /nobody there/);
    isBroken = false;
    assert.equal((await create()).outcome, "created");
  });
});
