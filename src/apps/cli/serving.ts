/** A control plane that serves, with the kubeconfig that reaches it. */

import { join } from "node:path";
import { pino } from "pino";
import { writePrivately } from "../../control/apiserver/credentials.ts";
import { formatKubeconfig } from "../../control/sync/kubeconfig.ts";
import { reasonOf } from "../../core/text/reason.ts";
import { type ControlPlane, openControlPlane } from "../server/control-plane.ts";
import { CommandFailure, EXIT } from "./exit.ts";
import { packageVersion } from "./version.ts";

/** Where the API is unless told otherwise. */
const USUAL_PORT = 6643;

export interface ServingOptions {
  readonly data: string;
  /** Absent: the usual port, or any that is free when that is taken. */
  readonly port?: number;
}

/** Opens the store of `data`. Throws CommandFailure when that cannot be. */
export async function openStore(data: string): Promise<ControlPlane> {
  // Faults of the server's own; a person sees them on stderr.
  const log = pino({ base: null }, pino.destination({ dest: 2, sync: true }));
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
