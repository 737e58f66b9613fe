import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { type Credentials, loadCredentials } from "../../control/apiserver/credentials.ts";
import { type ApiServer, createApiServer } from "../../control/apiserver/server.ts";
import { MemoryStorage } from "../../control/storage/memory.ts";
import { ApiClient } from "../../control/sync/api-client.ts";
import type { Connection } from "../../control/sync/kubeconfig.ts";
import { KINDS } from "../../core/resources/kinds.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { AgentThread } from "./agent-thread.ts";
import type { AgentHealth } from "./health.ts";

const netns = `picket-test-${process.pid}-agent`;
const NAMESPACE = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "shop" },
  spec: { nodeName: "one" },
  status: { phase: "Running", podIPs: [{ ip: "10.0.0.1" }] },
};

/** What was told of an agent, and waiting for more. */
class Told {
  readonly healths: AgentHealth[] = [];
  readonly troubles: (string | undefined)[] = [];
  readonly deaths: Error[] = [];
  #changes = Promise.withResolvers<void>();

  readonly listener = {
    onHealth: (health: AgentHealth) => this.#changed(this.healths.push(health)),
    onTrouble: (trouble: string | undefined) => this.#changed(this.troubles.push(trouble)),
    onDeath: (cause: Error) => this.#changed(this.deaths.push(cause)),
  };

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#changes.promise;
  }

  #changed(_count: number): void {
    this.#changes.resolve();
    this.#changes = Promise.withResolvers();
  }
}

describe("an agent in a thread", () => {
  const directory = mkdtempSync(join(tmpdir(), "picket-agent-"));
  let credentials: Credentials;
  let server: ApiServer;
  let client: ApiClient;
  let connection: Connection;

  before(async () => {
    credentials = await loadCredentials(directory, Date.now());
    const { authority, cert, key, token } = credentials;
    const log = { error: (about: object, message: string) => assert.fail(`${message} ${about}`) };
    const storage = new MemoryStorage();
    server = createApiServer({
      storage,
      kinds: KINDS,
      token,
      tls: { cert, key },
      log,
      version: "0",
    });
    connection = { server: await server.listen(0), authority, token, namespace: "default" };
    client = new ApiClient(connection);
  });
  after(async () => {
    client.close();
    await server.close();
    rmSync(directory, { recursive: true });
  });

  async function applied(...objects: readonly object[]): Promise<number> {
    const answer = await client.applyAll(objects as Resource[]);
    assert.ok(answer.ok, JSON.stringify(answer));
    const revisions = answer.value.items.map(({ object }) => object.metadata.resourceVersion);
    return Math.max(...revisions.map(Number));
  }

  describe("with a kernel", { skip: requires({ root: true, tools: ["ip", "nft"] }) }, () => {
    before(() => execFileSync("ip", ["netns", "add", netns]));
    after(() => execFileSync("ip", ["netns", "delete", netns]));
    const rules = (): string =>
      execFileSync("ip", ["netns", "exec", netns, "nft", "list", "table", "inet", "picket"], {
        encoding: "utf8",
      });

    it("enforces what the server has; when it dies the rules stay, and it comes back", async () => {
      const told = new Told();
      const agent = new AgentThread({ node: "one", netns, connection }, told.listener);
      try {
        assert.equal(agent.health.inSync, false);
        const first = await applied(NAMESPACE, POD);
        await told.until(() => agent.health.inSync && agent.health.revision === first);
        assert.match(rules(), /10\.0\.0\.1/);
        assert.equal(agent.health.lastError, undefined);

        agent.kill();
        await told.until(() => told.deaths.length === 1);
        assert.match(
          told.deaths[0]?.stack ?? "",
          /an agent is asked nothing: "die"[\s\S]*node-agent\.ts/,
        );
        assert.equal(agent.health.inSync, false);
        assert.equal(agent.health.revision, first, "what is in force is what was");
        assert.match(
          agent.health.lastError ?? "",
          /^the calculation died and starts again in 100 ms: an agent is asked nothing: "die"$/,
        );
        assert.match(rules(), /10\.0\.0\.1/);

        const second = await applied({ ...POD, status: { podIPs: [{ ip: "10.0.0.2" }] } });
        await told.until(() => agent.health.inSync && agent.health.revision === second);
        assert.equal(agent.health.lastError, undefined);
        assert.match(rules(), /10\.0\.0\.2/);
      } finally {
        await agent.stop();
      }
      assert.match(rules(), /10\.0\.0\.2/, "the rules outlive the agent");
      assert.equal(told.deaths.length, 1, "to be stopped is no death");
    });
  });

  it("says that there is no server, and no nft to close the node with", async () => {
    const told = new Told();
    const nowhere = { ...connection, server: "https://127.0.0.1:1" };
    const options = { node: "one", netns: "picket-test-no-such", connection: nowhere };
    const agent = new AgentThread(options, told.listener);
    try {
      await told.until(() => told.troubles.length > 0 && told.healths.length > 0);
      assert.match(agent.health.lastError ?? "", /cannot reach https:\/\/127\.0\.0\.1:1/);
      assert.notEqual(told.healths[0]?.lastError, undefined);
      assert.equal(agent.health.inSync, false);
    } finally {
      await agent.stop();
    }
  });
});
