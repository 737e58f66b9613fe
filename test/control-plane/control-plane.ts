/** A real etcd and kube-apiserver, for one test. */

import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { loadCredentials } from "../../src/control/apiserver/credentials.ts";
import { Client } from "./client.ts";
import { Program } from "./program.ts";

/** Ready in two to three seconds on an idle machine; one with other work may need longer. */
const READY_WITHIN_MS = 120_000;
const POLL_MS = 50;

/** What etcd keeps of Kubernetes is lost with it: it need not reach the disk. */
const ETCD_FLAGS = ["--unsafe-no-fsync", "--log-level=warn"];

/** Anyone with the token may change anything, in namespaces that need not exist, at any rate. */
const API_SERVER_FLAGS = [
  "--bind-address=127.0.0.1",
  "--authorization-mode=AlwaysAllow",
  "--disable-admission-plugins=NamespaceLifecycle,PodSecurity,ServiceAccount",
  "--endpoint-reconciler-type=none",
  "--service-cluster-ip-range=10.96.0.0/12",
  "--service-account-issuer=https://localhost",
  "--enable-priority-and-fairness=false",
  "--max-requests-inflight=0",
  "--max-mutating-requests-inflight=0",
];

/** An API server on a free port of this machine's loopback, with everything of its own. */
export class ControlPlane {
  readonly client: Client;
  readonly #programs: readonly Program[];
  readonly #directory: string;

  private constructor(client: Client, programs: readonly Program[], directory: string) {
    this.client = client;
    this.#programs = programs;
    this.#directory = directory;
  }

  /** Starts the programs of the folder `assets`, and resolves once the API server is ready. */
  static async start(assets: string): Promise<ControlPlane> {
    const directory = mkdtempSync(join(tmpdir(), "picket-control-plane-"));
    const file = (name: string): string => join(directory, name);
    const { authority, key, token } = await loadCredentials(directory, Date.now());
    writeFileSync(file("tokens.csv"), `${token},test,test,system:masters\n`, { mode: 0o600 });
    const publicKey = createPublicKey(key).export({ type: "spki", format: "pem" });
    writeFileSync(file("server.pub"), publicKey);
    const etcd = new Program(
      join(assets, "etcd"),
      [
        ...ETCD_FLAGS,
        `--data-dir=${file("etcd")}`,
        `--listen-client-urls=unix://${file("etcd.sock")}`,
        `--listen-peer-urls=unix://${file("peer.sock")}`,
        // Told to other members, of which there are none.
        "--advertise-client-urls=http://127.0.0.1:1",
      ],
      file("etcd.log"),
    );
    const port = await freePort();
    const apiServer = new Program(
      join(assets, "kube-apiserver"),
      [
        ...API_SERVER_FLAGS,
        `--secure-port=${port}`,
        `--etcd-servers=unix://${file("etcd.sock")}`,
        `--cert-dir=${directory}`,
        `--tls-cert-file=${file("server.crt")}`,
        `--tls-private-key-file=${file("server.key")}`,
        `--token-auth-file=${file("tokens.csv")}`,
        `--service-account-signing-key-file=${file("server.key")}`,
        `--service-account-key-file=${file("server.pub")}`,
      ],
      file("kube-apiserver.log"),
    );
    const client = new Client({ port, authority, token });
    const plane = new ControlPlane(client, [apiServer, etcd], directory);
    try {
      await plane.#ready();
      return plane;
    } catch (error) {
      await plane[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await Promise.all(this.#programs.map((program) => program.stop()));
    rmSync(this.#directory, { recursive: true });
  }

  async #ready(): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS;
    while (!(await this.#isReady())) {
      for (const program of this.#programs) program.assertRunning();
      if (Date.now() > end) throw new Error("kube-apiserver is not ready after two minutes");
      await setTimeout(POLL_MS);
    }
  }

  async #isReady(): Promise<boolean> {
    return await this.client.send("GET", "/readyz").then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address and port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
