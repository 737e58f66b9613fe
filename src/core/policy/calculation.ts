/** Compiled policy of the endpoints of one place, kept up to date as the cluster changes. */
import type { Endpoint, NetworkSet } from "../model/endpoint.ts";
import { profilesOfSet } from "../model/labels.ts";
import type { ModelUpdate } from "../model/update.ts";
import { hostPrefix } from "../net/address.ts";
import type { PolicyChanges } from "./changes.ts";
import { LivePeers, type PeerFacts } from "./live-peers.ts";
import { LivePolicies } from "./live-policies.ts";
import { LiveProfiles } from "./live-profiles.ts";
import { LiveTiers } from "./live-tiers.ts";
import { LocalEndpoints } from "./local-endpoints.ts";

/** What a calculation is for. */
export interface CalculationOptions {
  /** Whose policy is wanted: of a node the endpoints that it hosts, of a central server all. */
  readonly isLocal: (endpoint: Pick<Endpoint, "kind" | "node">) => boolean;
}

/** How much is held, by kind; every number is 0 when nothing was told, or all of it is gone again. */
export type Holdings = Readonly<Record<string, number>>;

/**
 * Calculates compiled policy from updates. What comes out depends on the state that updates describe,
 * never on their order, number or history.
 */
export class Calculation {
  readonly #isLocal: CalculationOptions["isLocal"];
  readonly #peers = new LivePeers();
  readonly #tiers = new LiveTiers();
  readonly #policies = new LivePolicies(this.#peers);
  readonly #profiles = new LiveProfiles(this.#peers);
  readonly #locals = new LocalEndpoints(this.#policies, this.#profiles, this.#tiers, (profile) =>
    this.#peers.labelsOf(profile),
  );
  #isInSync = false;

  constructor({ isLocal }: CalculationOptions) {
    this.#isLocal = isLocal;
  }

  /** Takes one object as it is now. Costs what the change can alter, not what there is. */
  update({ part, key, value }: ModelUpdate): void {
    switch (part) {
      case "workload":
      case "hostEndpoint":
        this.#peers.setPeer(part, key, value && factsOfEndpoint(value));
        this.#locals.set(key, value && this.#isLocal(value) ? value : undefined);
        break;
      case "networkSet":
        this.#peers.setPeer(part, key, value && factsOfNetworkSet(value));
        break;
      case "profileLabels":
        this.#peers.setProfile(key, value);
        this.#locals.setProfile(key, value);
        break;
      case "profile":
        this.#profiles.setProfile(key, value);
        break;
      case "policy":
        this.#policies.setPolicy(key, value);
        break;
      case "tier":
        this.#tiers.setTier(key, value);
        break;
      case "service":
        this.#peers.setService(key, value);
        break;
    }
  }

  /** From now on flushes have something to say: all that was there at the start has been told. */
  inSync(): void {
    this.#isInSync = true;
  }

  /** What changed since the last flush; undefined before it is in sync. */
  flush(): PolicyChanges | undefined {
    if (!this.#isInSync) return undefined;
    const policies = this.#policies.flush();
    const profiles = this.#profiles.flush();
    const endpoints = this.#locals.flush(policies, profiles);
    return {
      ...this.#peers.flush(),
      policies: policies.policies,
      profiles: profiles.profiles,
      ...endpoints,
      goneProfiles: profiles.goneProfiles,
      gonePolicies: policies.gonePolicies,
    };
  }

  /** For those who count what is left behind. */
  get holdings(): Holdings {
    return {
      ...prefixed("peer", this.#peers.holdings),
      ...prefixed("policy", this.#policies.holdings),
      ...this.#profiles.holdings,
      ...this.#tiers.holdings,
      ...this.#locals.holdings,
    };
  }
}

function factsOfEndpoint({ labels, profiles, addresses, ports }: Endpoint): PeerFacts {
  return { labels, profiles, prefixes: addresses.map(hostPrefix), ports };
}

function factsOfNetworkSet(set: NetworkSet): PeerFacts {
  return { labels: set.labels, profiles: profilesOfSet(set), prefixes: set.nets, ports: [] };
}

/** What one part holds, told from what others call the same. */
export function prefixed(prefix: string, holdings: Holdings): Holdings {
  return Object.fromEntries(
    Object.entries(holdings).map(([name, count]) => [`${prefix} ${name}`, count]),
  );
}
