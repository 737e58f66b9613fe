import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { KeptThread } from "./kept-thread.ts";

const MODULE = new URL("./fixture.ts", import.meta.url);

describe("a kept thread", () => {
  let thread: KeptThread<string, string>;
  let told: string[];
  let deaths: { readonly cause: Error; readonly retryMs: number }[];
  let changes = Promise.withResolvers<void>();
  afterEach(() => thread.stop());

  function start(module = MODULE): void {
    told = [];
    deaths = [];
    const changed = (): void => {
      changes.resolve();
      changes = Promise.withResolvers();
    };
    thread = new KeptThread<string, string>({
      module,
      given: "data",
      memory: 40,
      onMessage: (message) => {
        told.push(message);
        changed();
      },
      onDeath: (cause, retryMs) => {
        deaths.push({ cause, retryMs });
        changed();
      },
    });
  }
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await changes.promise;
  };

  it("runs its module on what it is given, hears in order, and ends when it is stopped", async () => {
    start();
    thread.post("one");
    thread.post("two");
    await until(() => told.length === 3);
    await thread.stop();
    assert.deepEqual(told, ["given data", "heard one", "heard two", "stopping"]);
    assert.deepEqual(deaths, []);
    thread.post("nobody");
    await thread.stop();
  });

  for (const [word, name, message] of [
    ["throw", "Error", /^as it was told$/],
    ["reject", "TypeError", /^in passing$/],
    ["exit", "Error", /^the thread ended with 3$/],
    ["fill", "Error", /memory/],
  ] as const) {
    it(`says why it died of "${word}", and is started again`, async () => {
      start();
      thread.post(word);
      await until(() => deaths.length === 1);
      assert.equal(deaths[0]?.cause.name, name);
      assert.match(deaths[0]?.cause.message ?? "", message);
      assert.match(deaths[0]?.cause.stack ?? "", isThrown(word) ? /fixture\.ts/ : /./);
      await until(() => told.filter((line) => line === "given data").length === 2);
      thread.post("again");
      await until(() => told.at(-1) === "heard again");
    });
  }

  it("waits longer each time for one that keeps dying", async () => {
    start(new URL("./not-there.ts", import.meta.url));
    await until(() => deaths.length === 3);
    assert.deepEqual(
      deaths.map(({ retryMs }) => retryMs),
      [100, 200, 400],
    );
    assert.match(deaths[0]?.cause.message ?? "", /not-there/);
  });

  it("starts none after it was stopped", async () => {
    start();
    thread.post("throw");
    await until(() => deaths.length === 1);
    await thread.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(told, ["given data"]);
  });
});

function isThrown(word: string): boolean {
  return word === "throw" || word === "reject";
}
