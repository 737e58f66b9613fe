/** Kubeconfig files: where a server is, how it proves itself, and who we are to it. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { usage } from "./exit.ts";

/** One way to one server. */
export interface Connection {
  /** `https://127.0.0.1:6643` */
  readonly server: string;
  /** The PEM of the authority that signed its certificate; the system's when absent. */
  readonly authority?: string;
  readonly token?: string;
  /** The namespace to assume. */
  readonly namespace: string;
}

/** Where the kubeconfig is: as told, else of $KUBECONFIG, else in the data directory. */
export function kubeconfigPath(
  told: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  dataDirectory: string,
): string {
  if (told !== undefined) return told;
  const listed = environment.KUBECONFIG?.split(":").find((path) => path !== "");
  return listed ?? join(dataDirectory, "kubeconfig");
}

/** Reads the current context of the kubeconfig at `path`. Throws CommandFailure. */
export function readKubeconfig(path: string): Connection {
  const file = path.replace(/^~(?=\/)/, homedir());
  if (!existsSync(file)) {
    throw usage(
      `${path}: no such kubeconfig. Start a server with "picket up", or give --kubeconfig`,
    );
  }
  const config = load(readFileSync(file, "utf8"));
  const current = text(config, "current-context") ?? fail(path, "current-context is not set");
  const context =
    named(config, "contexts", current, "context") ?? fail(path, `no context ${current}`);
  const clusterName = text(context, "cluster") ?? "";
  const cluster = named(config, "clusters", clusterName, "cluster");
  const server = text(cluster, "server") ?? fail(path, `no server for context ${current}`);
  const user = named(config, "users", text(context, "user") ?? "", "user");
  const authority = readAuthority(cluster, file);
  const token = text(user, "token");
  return {
    server: server.replace(/\/+$/, ""),
    ...(authority !== undefined && { authority }),
    ...(token !== undefined && { token }),
    namespace: text(context, "namespace") ?? "default",
  };
}

/** The kubeconfig, as text, of one server with one user. */
export function formatKubeconfig(connection: Connection): string {
  const name = "picket";
  const { server, authority, token, namespace } = connection;
  return dump({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: {
          server,
          ...(authority !== undefined && {
            "certificate-authority-data": Buffer.from(authority).toString("base64"),
          }),
        },
      },
    ],
    users: [{ name, user: { ...(token !== undefined && { token }) } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
  });
}

function readAuthority(cluster: unknown, file: string): string | undefined {
  const inline = text(cluster, "certificate-authority-data");
  if (inline !== undefined) return Buffer.from(inline, "base64").toString("utf8");
  const path = text(cluster, "certificate-authority");
  return path === undefined ? undefined : readFileSync(resolve(dirname(file), path), "utf8");
}

/** The `field` of the entry called `name` in a list of named entries. */
function named(config: unknown, list: string, name: string, field: string): unknown {
  const entries = property(config, list);
  if (!Array.isArray(entries)) return undefined;
  return property(
    entries.find((entry) => text(entry, "name") === name),
    field,
  );
}

function text(value: unknown, field: string): string | undefined {
  const found = property(value, field);
  return typeof found === "string" ? found : undefined;
}

function property(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[field];
}

function fail(path: string, reason: string): never {
  throw usage(`${path}: ${reason}`);
}
