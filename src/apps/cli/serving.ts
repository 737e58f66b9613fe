/** A control plane that serves, with the kubeconfig that reaches it. */

import { join } from "node:path";
import { inspect } from "node:util";
import { writePrivately } from "../../control/apiserver/credentials.ts";
import type { Log } from "../../control/apiserver/server.ts";
import { formatKubeconfig } from "../../control/sync/kubeconfig.ts";
import { reasonOf } from "../../core/text/reason.ts";
import { type ControlPlane, openControlPlane } from "../server/control-plane.ts";
import { CommandFailure, EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

/** Where the API is unless told otherwise. */
const USUAL_PORT = 6643;

/** Where the store is, and where it is served. */
export interface ServingOptions {
  readonly data: string;
  /** Absent: the usual port, or any that is free when that is taken. */
  readonly port?: number;
}

/**
 * Opens the store of `data`; what later goes wrong in the server itself is told with its stack.
 * Throws CommandFailure when that cannot be.
 */
export async function openStore(
  { tell }: Pick<Terminal, "tell">,
  data: string,
): Promise<ControlPlane> {
  const log: Log = { error: (about, message) => tell(`picket: ${message}: ${inspect(about)}`) };
  try {
    return await openControlPlane({ data, log, version: packageVersion() });
  } catch (cause) {
    throw new CommandFailure(EXIT.refused, reasonOf(cause), { cause });
  }
}

/** Serves, and writes the kubeconfig beside the store. Returns the URL. Throws CommandFailure. */
export async function serve(plane: ControlPlane, options: ServingOptions): Promise<string> {
  const server = await listen(plane, options.port);
  const { authority, token } = plane.credentials;
  const path = join(options.data, "kubeconfig");
  writePrivately(path, formatKubeconfig({ server, authority, token, namespace: "default" }));
  return server;
}

async function listen(plane: ControlPlane, port: number | undefined): Promise<string> {
  try {
    return await plane.listen(port ?? USUAL_PORT);
  } catch (cause) {
    if (port === undefined && isTaken(cause)) return plane.listen(0);
    const message = `cannot serve on 127.0.0.1:${port ?? USUAL_PORT}: ${reasonOf(cause)}`;
    throw new CommandFailure(EXIT.refused, message, { cause });
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}
