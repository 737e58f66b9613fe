/** Kubeconfig files: where a server is, what it proves itself by, and who we are to it. */

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { entry, textAt } from "../../core/schema/json-object.ts";
import { reasonOf } from "../../core/text/reason.ts";

/** One way to one server. */
export interface Connection {
  /** `https://127.0.0.1:6443`, without a slash at its end. */
  readonly server: string;
  /** The PEM of the authority that signed its certificate; the system's when absent. */
  readonly authority?: string;
  readonly token?: string;
  /** What we prove ourselves by without a token, each PEM. */
  readonly client?: { readonly certificate: string; readonly key: string };
  /** The namespace to assume. */
  readonly namespace: string;
}

/** A kubeconfig that cannot be used: which, and why. */
export class KubeconfigError extends Error {
  readonly path: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path}: ${reason}`, options);
    this.name = "KubeconfigError";
    this.path = path;
  }
}

/** Reads the current context of the kubeconfig at `path`. Throws {@link KubeconfigError}. */
export function readKubeconfig(path: string): Connection {
  const config = loadYaml(path);
  const current = textAt(config, "current-context");
  if (!current) throw new KubeconfigError(path, "current-context is not set");
  const context = named(config, "contexts", current, "context");
  const cluster = named(config, "clusters", textAt(context, "cluster"), "cluster");
  const user = named(config, "users", textAt(context, "user"), "user");
  const server = textAt(cluster, "server");
  if (!server) throw new KubeconfigError(path, `context ${current} names no server`);
  const authority = pemOf(cluster, "certificate-authority", path);
  const token = tokenOf(user, path);
  const certificate = pemOf(user, "client-certificate", path);
  const key = pemOf(user, "client-key", path);
  for (const how of ["exec", "auth-provider"]) {
    if (entry(user, how) === undefined || token || certificate) continue;
    const wanted = "want a token or a client certificate";
    throw new KubeconfigError(path, `context ${current} signs in by ${how}: ${wanted}`);
  }
  return {
    server: server.replace(/\/+$/, ""),
    ...(authority !== undefined && { authority }),
    ...(token !== undefined && { token }),
    ...(certificate !== undefined && key !== undefined && { client: { certificate, key } }),
    namespace: textAt(context, "namespace") || "default",
  };
}

/** A kubeconfig, as YAML, with this connection as its only context. */
export function formatKubeconfig(connection: Connection): string {
  const { server, authority, token, namespace } = connection;
  const name = "picket";
  const ca = authority && Buffer.from(authority).toString("base64");
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, ...(ca && { "certificate-authority-data": ca }) } }],
    users: [{ name, user: { ...(token && { token }) } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    "current-context": name,
  });
}

function loadYaml(path: string): unknown {
  try {
    return load(readFileSync(path, "utf8"));
  } catch (cause) {
    const missing = entry(cause, "code") === "ENOENT";
    const reason = reasonOf(cause);
    throw new KubeconfigError(path, missing ? "no such kubeconfig" : reason, { cause });
  }
}

/** The PEM that `field` names the file of, or `field-data` holds. */
function pemOf(owner: unknown, field: string, path: string): string | undefined {
  const inline = textAt(owner, `${field}-data`);
  if (inline) return Buffer.from(inline, "base64").toString("utf8");
  return fileAt(owner, field, path);
}

function tokenOf(user: unknown, path: string): string | undefined {
  return textAt(user, "token") || fileAt(user, "tokenFile", path)?.trim();
}

/** What is in the file that `field` names, as seen from the kubeconfig. */
function fileAt(owner: unknown, field: string, path: string): string | undefined {
  const file = textAt(owner, field);
  if (!file) return undefined;
  try {
    return readFileSync(resolve(dirname(path), file), "utf8");
  } catch (cause) {
    throw new KubeconfigError(path, `${field} ${file} cannot be read`, { cause });
  }
}

/** The `field` of the entry called `name` in a list of named entries. */
function named(config: unknown, list: string, name: string | undefined, field: string): unknown {
  const entries = entry(config, list);
  if (!Array.isArray(entries) || name === undefined) return undefined;
  return entry(
    entries.find((found) => textAt(found, "name") === name),
    field,
  );
}
