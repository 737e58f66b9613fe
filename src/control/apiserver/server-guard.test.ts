import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { KINDS } from "../../core/resources/kinds.ts";
import { MemoryStorage } from "../storage/memory.ts";
import { type Credentials, loadCredentials } from "./credentials.ts";
import { type ApiServer, createApiServer } from "./server.ts";
import { Undecided } from "./transactions.ts";

const SETS = "/apis/projectcalico.org/v3/globalnetworksets";
const directory = mkdtempSync(join(tmpdir(), "picket-server-"));

describe("an API server whose guard has to ask", () => {
  let server: ApiServer;
  let credentials: Credentials;
  /** What was asked about and is not answered, by the keys that were written. */
  const questions = new Map<string, () => void>();
  let arrived = Promise.withResolvers<void>();
  before(async () => {
    credentials = await loadCredentials(directory, Date.now());
    const storage = new MemoryStorage();
    const known = new Set<string>();
    const { cert, key, token } = credentials;
    server = createApiServer({
      storage,
      kinds: KINDS,
      token,
      tls: { cert, key },
      log: { error: (about, message) => assert.fail(`${message} ${JSON.stringify(about)}`) },
      version: "0",
      guard: (revision) => {
        const changes = storage.changes(revision);
        assert.ok(changes !== "Expired");
        const keys = changes.map(({ key: { name }, object }) => `${object ? "" : "-"}${name}`);
        const question = keys.join();
        if (question === "" || known.delete(question)) return;
        throw new Undecided(async () => {
          const { promise, resolve } = Promise.withResolvers<void>();
          questions.set(question, resolve);
          arrived.resolve();
          arrived = Promise.withResolvers();
          await promise;
          known.add(question);
        });
      },
    });
  });
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  const send = async (method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: object) =>
    server.fastify.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${credentials.token}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { payload: JSON.stringify(body) }),
    });
  /** Waits for a question about keys like these, and answers it. */
  const answer = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = [...questions].find(([question]) => pattern.test(question));
      if (found) {
        const [question, resolve] = found;
        questions.delete(question);
        resolve();
        return question;
      }
      await arrived.promise;
    }
  };

  it("answers others while a write waits", async () => {
    const created = send("POST", SETS, { metadata: { name: "one" }, spec: {} });
    while (questions.size === 0) await arrived.promise;
    assert.equal((await send("GET", "/healthz")).statusCode, 200);
    assert.equal((await send("GET", `${SETS}/one`)).statusCode, 404);
    await answer(/^one$/);
    assert.equal((await created).statusCode, 201);
    assert.equal((await send("GET", `${SETS}/one`)).statusCode, 200);
  });

  it("stores an object under the name that was asked about, though the server made it", async () => {
    const created = send("POST", SETS, { metadata: { generateName: "made-" }, spec: {} });
    const name = await answer(/^made-/);
    const { statusCode, json } = await created;
    assert.deepEqual([statusCode, json().metadata.name], [201, name]);
  });

  it("asks about batches, and about what goes", async () => {
    const kind = "GlobalNetworkSet";
    const set = { apiVersion: "projectcalico.org/v3", kind, metadata: { name: "two" }, spec: {} };
    const applied = send("POST", "/picket/v1/apply", { items: [set] });
    await answer(/^two$/);
    assert.equal((await applied).statusCode, 200);
    const removed = send("DELETE", `${SETS}/two`);
    await answer(/^-two$/);
    assert.equal((await removed).statusCode, 200);
    const emptied = send("DELETE", SETS);
    await answer(/^-made-.*,-one$/);
    assert.equal((await emptied).json().items.length, 2);
    assert.equal((await send("GET", SETS)).json().items.length, 0);
  });
});
