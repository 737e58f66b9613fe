/**
 * The claim: while policy is calculated, the API and the agent's health answer as if it were not.
 * A `picket server` with 2,000 pods, 500 policies and stored policy tests is asked for its health and
 * for a pod, while others write what the tests must be judged on; a `picket agent` is asked for its
 * health while 5,000 pods change at once.
 *
 * Requests are sent at fixed times, whether or not the one before was answered: what waits in line
 * behind a slow answer counts. Not said here: how long a judged write takes under such load.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../src/control/sync/api-client.ts";
import { readKubeconfig } from "../src/control/sync/kubeconfig.ts";
import type { Resource } from "../src/core/resources/resource.ts";
import { ask } from "./asking.ts";
import { PICKET, RunningCommand } from "./command.ts";
import { type Figure, percentile } from "./figure.ts";
import { onInterruption } from "./interruption.ts";
import { runningCluster } from "./knowing-cluster.ts";

const SIZE = { namespaces: 20, deployments: 2000, policies: 500 };
const TESTS = 5;
const REST_MS = 5000;
const STORM_MS = 20_000;
const WRITERS = 4;
const STORM_PODS = 5000;
const NODE = "node-1";

export async function measure(tell: (line: string) => void): Promise<readonly Figure[]> {
  if (process.getuid?.() !== 0) throw new Error("the agent writes the kernel's rules: needs root");
  const scene = new Scene();
  const interruption = onInterruption(() => scene.close());
  try {
    tell(`setting up: a server with ${SIZE.deployments} pods and ${SIZE.policies} policies`);
    await scene.serve();
    tell(`measuring: the API at rest, then ${STORM_MS / 1000} s under writes that are judged`);
    const [rest = [], podRest = []] = await scene.askServer(() => sleep(REST_MS));
    let written = 0;
    const [storm = [], podStorm = []] = await scene.askServer(async () => {
      written = await scene.write(STORM_MS);
    });
    tell(`measuring: an agent's health, while ${STORM_PODS} pods change at once`);
    await scene.removeTests();
    await scene.police();
    const agentRest = await scene.askAgent(() => sleep(REST_MS));
    const agentStorm = await scene.askAgent(() => scene.changePods(STORM_PODS));
    return [
      ...figuresOf("GET /healthz of the server, at rest", rest),
      ...figuresOf("GET /healthz of the server, under judged writes", storm),
      ...figuresOf("GET a pod, at rest", podRest),
      ...figuresOf("GET a pod, under judged writes", podStorm),
      figure("writes judged meanwhile", (written * 1000) / STORM_MS, "1/s"),
      ...figuresOf("GET /health of the agent, at rest", agentRest),
      ...figuresOf("GET /health of the agent, while 5,000 pods change", agentStorm),
    ];
  } finally {
    interruption.forget();
    await scene.close();
  }
}

class Scene {
  readonly #data = mkdtempSync(join(tmpdir(), "picket-bench-"));
  readonly #netns = `picket-bench-${process.pid}-responsive`;
  #server: RunningCommand | undefined;
  #agent: RunningCommand | undefined;
  #client: ApiClient | undefined;
  #healthPort = 0;

  get #api(): ApiClient {
    if (!this.#client) throw new Error("there is no server yet");
    return this.#client;
  }

  async serve(): Promise<void> {
    this.#server = picket("server", "--port", "0", "--data", this.#data);
    await this.#server.line(({ text }) => text.startsWith("serving "));
    this.#client = new ApiClient(readKubeconfig(join(this.#data, "kubeconfig")));
    await this.#apply([...runningCluster(SIZE), ...policyTests()]);
    // What is reported after a write is no part of what follows.
    await sleep(15_000);
  }

  async police(): Promise<void> {
    execFileSync("ip", ["netns", "add", this.#netns]);
    this.#healthPort = await freePort();
    const health = ["--health-port", String(this.#healthPort)];
    const where = ["--node", NODE, "--netns", this.#netns, "--data", this.#data];
    this.#agent = picket("agent", ...where, ...health);
    await this.#agent.line(({ text }) => text.startsWith("enforced revision"));
    await sleep(2000);
  }

  /** While `meanwhile` lasts, for the server's health and for a pod. */
  async askServer(meanwhile: () => Promise<void>): Promise<readonly (readonly number[])[]> {
    const { server, authority, token } = this.#api.connection;
    const headers = { authorization: `Bearer ${token}` };
    const paths = ["/healthz", "/api/v1/namespaces/space-1/pods/app-1"];
    const known = authority === undefined ? {} : { authority };
    return ask(
      paths.map((path) => ({ url: server + path, headers, ...known })),
      meanwhile,
    );
  }

  async askAgent(meanwhile: () => Promise<void>): Promise<readonly number[]> {
    const url = `http://127.0.0.1:${this.#healthPort}/health`;
    const [times = []] = await ask([{ url }], meanwhile);
    return times;
  }

  /** Changes pods' labels for so long, and reports how many writes were answered. */
  async write(milliseconds: number): Promise<number> {
    const until = performance.now() + milliseconds;
    let count = 0;
    const writer = async (own: number): Promise<void> => {
      for (let i = 0; performance.now() < until; i++) {
        const pod = (own + WRITERS * i) % SIZE.deployments;
        const answer = await this.#api.send({
          method: "PATCH",
          path: `/api/v1/namespaces/space-${pod % SIZE.namespaces}/pods/app-${pod}`,
          contentType: "application/merge-patch+json",
          body: { metadata: { labels: { round: `r${own}-${i}` } } },
        });
        if (answer.ok) count++;
        else if (answer.failure.reason === "unreachable") throw new Error(answer.failure.message);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, own) => writer(own)));
    return count;
  }

  /** Adds pods, a batch after the other, and waits until the agent enforces the last. */
  async changePods(count: number): Promise<void> {
    const revision = await this.#apply(
      runningCluster({ namespaces: 20, deployments: count, policies: 0 }).map(relabelled),
    );
    const isEnforced = (text: string): boolean =>
      Number(/^enforced revision (\d+)/.exec(text)?.[1] ?? -1) >= revision;
    await this.#agent?.line(({ text }) => isEnforced(text));
  }

  async removeTests(): Promise<void> {
    for (let i = 0; i < TESTS; i++) {
      const path = `/apis/picket.io/v1/namespaces/space-1/policytests/test-${i}`;
      await this.#api.send({ method: "DELETE", path });
    }
  }

  async close(): Promise<void> {
    this.#client?.close();
    await this.#agent?.stop();
    await this.#server?.stop();
    if (this.#agent) execFileSync("ip", ["netns", "delete", this.#netns]);
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #apply(objects: readonly object[]): Promise<number> {
    const applied = await this.#api.applyAll(objects as Resource[]);
    if (!applied.ok) throw new Error(applied.failure.message);
    const revisions = applied.value.items.map(({ object }) => object.metadata.resourceVersion);
    return Math.max(...revisions.map(Number));
  }
}

function policyTests(): object[] {
  return Array.from({ length: TESTS }, (_, i) => ({
    apiVersion: "picket.io/v1",
    kind: "PolicyTest",
    metadata: { name: `test-${i}`, namespace: "space-1" },
    spec: {
      assertions: [
        {
          name: "web may",
          expect: "allow",
          from: [{ podSelector: { matchLabels: { tier: "web" } } }],
          to: [{ pod: `app-${1 + 20 * i}` }],
          ports: [{ port: 443 }],
        },
      ],
    },
  }));
}

function relabelled(object: object): object {
  const { metadata } = object as Resource;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, storm: "yes" } } };
}

function figuresOf(what: string, taken: readonly number[]): Figure[] {
  return [
    figure(`${what}, p50`, percentile(taken, 0.5)),
    figure(`${what}, p99`, percentile(taken, 0.99)),
    figure(`${what}, max`, percentile(taken, 1)),
  ];
}

function figure(name: string, value: number, unit = "ms"): Figure {
  return { bench: "responsive", case: name, value, unit };
}

function picket(...args: readonly string[]): RunningCommand {
  // The kubeconfig of whoever runs the bench is of another cluster.
  return new RunningCommand([...PICKET, ...args], { KUBECONFIG: "" });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port to be had");
  return address.port;
}
