/** Every named state. */
import { ENDPOINTS } from "./endpoints.ts";
import { HOSTS } from "./hosts.ts";
import { PEERS } from "./peers.ts";
import { POLICIES } from "./policies.ts";
import { PROFILES } from "./profiles.ts";
import type { State } from "./state.ts";
import { TIERS } from "./tiers.ts";

export const STATES: readonly State[] = [
  ...ENDPOINTS,
  ...PROFILES,
  ...TIERS,
  ...POLICIES,
  ...PEERS,
  ...HOSTS,
];
