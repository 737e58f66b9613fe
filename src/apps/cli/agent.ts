/** `picket agent`: enforces a server's policy in this machine's kernel, until it is stopped. */
import { createServer } from "node:http";
import { ApiSyncer } from "../../control/sync/api-syncer.ts";
import { KINDS } from "../../core/resources/kinds.ts";
import { nftCommand } from "../../dataplane/nft/nft-command.ts";
import { followCluster } from "../agent/cluster-view.ts";
import { Enforcer } from "../agent/enforcer.ts";
import type { AgentHealth } from "../agent/health.ts";
import { readInterfaces } from "../agent/interfaces.ts";
import { clientOf, type ServerOptions } from "./client.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { stopSignal } from "./stop-signal.ts";
import type { Terminal } from "./terminal.ts";

export interface AgentOptions extends ServerOptions {
  readonly node: string;
  readonly netns?: string;
  /** Where health is served, on 127.0.0.1. */
  readonly healthPort?: number;
}

/** The rules stay when the agent ends. */
export async function agent(terminal: Terminal, options: AgentOptions): Promise<ExitCode> {
  if (!terminal.isRoot) throw usage("the agent writes the kernel's rules: run it as root");
  const { node, netns } = options;
  const client = clientOf(terminal, options);
  const stopped = stopSignal();
  const nft = nftCommand(netns === undefined ? {} : { netns });
  let trouble: string | undefined;
  const enforcer = new Enforcer({
    node,
    nft,
    interfaces: () => readInterfaces(netns),
    onHealth: (health) => terminal.tell(healthLine(health)),
  });
  const health = (): AgentHealth => ({
    ...enforcer.health,
    ...(trouble && { lastError: trouble }),
  });
  const server = options.healthPort === undefined ? undefined : serve(options.healthPort, health);
  await enforcer.closeIfBare();
  const syncer = new ApiSyncer({
    client,
    kinds: KINDS,
    onTrouble: (message) => {
      trouble = message;
      terminal.tell(message === undefined ? "the server answers again" : message);
    },
  });
  const unfollow = followCluster(syncer, (state) => enforcer.enforce(state));
  await stopped;
  unfollow();
  client.close();
  server?.close();
  await enforcer.stop();
  await nft.close();
  return EXIT.yes;
}

function healthLine({ revision, problems, refused, lastError }: AgentHealth): string {
  if (lastError !== undefined) return `not enforced: ${lastError}; the rules before stay`;
  const count = problems.length + refused.length;
  return `enforced revision ${revision ?? 0}${count > 0 ? `, ${count} problems` : ""}`;
}

/** `GET /health`: 200 when in sync without an error, else 503; the body tells all. */
function serve(port: number, health: () => AgentHealth): { readonly close: () => void } {
  const server = createServer((_request, response) => {
    const found = health();
    const isWell = found.inSync && found.lastError === undefined;
    response.writeHead(isWell ? 200 : 503, { "content-type": "application/json" });
    response.end(`${JSON.stringify(found)}\n`);
  });
  server.listen(port, "127.0.0.1");
  return server;
}
