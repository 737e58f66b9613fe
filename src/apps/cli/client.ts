/** The server that a command speaks to, and what its answers mean for the command. */
import { join } from "node:path";
import { type Answer, ApiClient, type ApiFailure } from "../../control/sync/api-client.ts";
import { KubeconfigError, readKubeconfig } from "../../control/sync/kubeconfig.ts";
import { CommandFailure, EXIT, usage } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** The options by which every command finds its server. */
export interface ServerOptions {
  readonly kubeconfig?: string;
  /** The data directory. */
  readonly data: string;
}

/**
 * A client of the server that is told, else that of $KUBECONFIG, else that of the data directory.
 * Throws CommandFailure.
 */
export function clientOf(terminal: Terminal, options: ServerOptions): ApiClient {
  const listed = terminal.environment.KUBECONFIG?.split(":").find((path) => path !== "");
  const told = options.kubeconfig ?? listed;
  try {
    return new ApiClient(readKubeconfig(told ?? join(options.data, "kubeconfig")));
  } catch (cause) {
    if (!(cause instanceof KubeconfigError)) throw cause;
    if (told !== undefined) throw usage(cause.message);
    const message = `${cause.message}. "picket up" starts a server and writes one`;
    throw new CommandFailure(EXIT.unreachable, message, { cause });
  }
}

/** What was answered. Throws CommandFailure when nothing was, or the server refused. */
export function answered<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new CommandFailure(exitCodeOf(answer.failure), answer.failure.message);
}

/** How a command ends that was answered so. */
export function exitCodeOf(failure: ApiFailure): 1 | 3 | 4 {
  if (failure.reason === "unreachable") return EXIT.unreachable;
  return isNotFound(failure) ? EXIT.no : EXIT.refused;
}

/** Reports whether the server answered, and has no such object. */
export function isNotFound(failure: ApiFailure): boolean {
  return failure.reason === "refused" && failure.status.code === 404;
}
