/** The store and the API before it, started and stopped together. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Credentials, loadCredentials } from "../../control/apiserver/credentials.ts";
import type { Registry } from "../../control/apiserver/registry.ts";
import { createApiServer, type Log } from "../../control/apiserver/server.ts";
import { SqliteStorage } from "../../control/storage/sqlite.ts";
import type { Storage } from "../../control/storage/storage.ts";
import { KINDS } from "../../core/resources/kinds.ts";
import { JudgeThread } from "./judge-thread.ts";
import { PolicyGate } from "./policy-gate.ts";
import { ReportWriter } from "./report-writer.ts";

export interface ControlPlaneOptions {
  /** The directory of the store and the credentials; made if need be. */
  readonly data: string;
  readonly log: Log;
  readonly version: string;
}

/** A store and the API before it. */
export interface ControlPlane {
  readonly storage: Storage;
  /** Admits and stores as the API does. */
  readonly registry: Registry;
  readonly credentials: Credentials;
  /** Serves the API on 127.0.0.1 and returns its URL; port 0 is any that is free. */
  readonly listen: (port: number) => Promise<string>;
  /** Ends connections, then closes the store. */
  readonly close: () => Promise<void>;
}

/** Opens the store in `data` and makes a server for it, which does not listen yet. */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { data, log, version } = options;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const credentials = await loadCredentials(data, Date.now());
  const storage = new SqliteStorage(join(data, "picket.db"));
  const { cert, key, token } = credentials;
  const onFailure = (cause: Error): void => {
    log.error(cause, "the calculation of policy tests and statuses failed");
  };
  const judge = new JudgeThread({
    storage,
    onReports: (reports) => writer.write(reports),
    onFailure,
  });
  const gate = new PolicyGate(storage, judge);
  const server = createApiServer({
    guard: (revision) => gate.guard(revision),
    storage,
    kinds: KINDS,
    token,
    tls: { cert, key },
    log,
    version,
  });
  const writer = new ReportWriter(server.registry, onFailure);
  return {
    storage,
    registry: server.registry,
    credentials,
    listen: (port) => server.listen(port),
    close: async () => {
      writer.stop();
      await judge.close();
      await server.close();
      gate.close();
      storage.close();
    },
  };
}
