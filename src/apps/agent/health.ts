/** How an agent is, as others see it. Plain data; `/health` serves it as it is. */
import type { SyncProblem } from "../../control/sync/syncer.ts";
import type { Problem } from "../../core/model/model.ts";

export interface AgentHealth {
  readonly node: string;
  /** It has all that the server had when it asked, and enforces it. */
  readonly inSync: boolean;
  /** The newest revision of the server's that is in force; undefined before the first. */
  readonly revision: number | undefined;
  /** What of that revision is not in force as written. */
  readonly problems: readonly Problem[];
  /** Objects that are not valid and therefore absent from it. */
  readonly refused: readonly SyncProblem[];
  /** Why the newest revision is not in force; undefined when it is. */
  readonly lastError?: string;
}
