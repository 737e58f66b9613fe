import { type ApiClient, apiClient } from "./api-client.ts";
import { kubeconfigPath, readKubeconfig } from "./kubeconfig.ts";
import type { Terminal } from "./terminal.ts";

/** The options by which every command finds its server. */
export interface ServerOptions {
  readonly kubeconfig?: string;
  /** The data directory. */
  readonly data: string;
}

/** A client of the server that the options and the environment name. Throws CommandFailure. */
export function clientOf(terminal: Terminal, options: ServerOptions): ApiClient {
  return apiClient(
    readKubeconfig(kubeconfigPath(options.kubeconfig, terminal.environment, options.data)),
  );
}
