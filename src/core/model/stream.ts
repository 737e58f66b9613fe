/** From changes of resources to changes of the model, one object at a time. */

import type { AnyResource } from "../resources/kinds.ts";
import { isResourceKey, resourceKey } from "../resources/resource-key.ts";
import type { Labels } from "../selector/selector.ts";
import type { PeerOptions } from "./admin-peer.ts";
import { convertHostEndpoint, convertNode } from "./convert-host.ts";
import { convertNetworkSet } from "./convert-network-set.ts";
import { convertProfile, type ProfileSource } from "./convert-profile.ts";
import { convertSlice } from "./convert-service.ts";
import { convertTier } from "./convert-tier.ts";
import { convertPod, convertWorkloadEndpoint } from "./convert-workload.ts";
import type { Host, NetworkSet } from "./endpoint.ts";
import { identitiesOf, namespaceOf, namespaceProfile } from "./labels.ts";
import type { Problem } from "./model.ts";
import type { Report } from "./problems.ts";
import { ProblemsByKey, sortedProblems } from "./problems-by-key.ts";
import { type Configurations, StreamHosts } from "./stream-hosts.ts";
import { StreamPolicies } from "./stream-policies.ts";
import { StreamProfiles } from "./stream-profiles.ts";
import { StreamServices } from "./stream-services.ts";
import { StreamTiers } from "./stream-tiers.ts";
import { StreamWorkloads } from "./stream-workloads.ts";
import type { ModelUpdate } from "./update.ts";

/** The labels of namespaces by name, and of service accounts by `namespace/name`. */
export type Identities = ReturnType<typeof identitiesOf>;

/**
 * Tells `sink` what changes of the model when resources change. Whatever the updates were, and in
 * whatever order: after a flush the last values told are those of a model of the resources that there
 * are, and so is everything that can be asked. An object costs the same however many there are, but
 * for nodes, on which others depend.
 */
export class ModelStream {
  readonly #sink: (update: ModelUpdate) => void;
  readonly #problems = new ProblemsByKey();
  readonly #workloads: StreamWorkloads;
  readonly #networkSets = new Set<string>();
  readonly #policies: StreamPolicies;
  readonly #tiers: StreamTiers;
  readonly #profiles: StreamProfiles;
  readonly #services: StreamServices;
  readonly #hosts: StreamHosts;
  #identities: Identities | undefined;
  #listed: readonly Problem[] | undefined;
  #begun = false;

  constructor(sink: (update: ModelUpdate) => void, options: PeerOptions = {}) {
    this.#sink = sink;
    this.#profiles = new StreamProfiles(sink);
    this.#tiers = new StreamTiers(sink);
    this.#workloads = new StreamWorkloads(sink, (namespace) =>
      this.#profiles.has(namespaceProfile(namespace)),
    );
    this.#policies = new StreamPolicies(sink, this.#problems, options);
    this.#services = new StreamServices(sink);
    this.#hosts = new StreamHosts(sink);
  }

  /**
   * Takes one object as it is now, valid and with its defaults, or hears that there is none. `key` is
   * its `resourceKey`; one that says something else of itself is refused, and there is none.
   */
  update(key: string, resource: AnyResource | undefined): void {
    this.#listed = undefined;
    const report = this.#problems.reportOn(key);
    if (resource && isResourceKey(key, resource)) {
      this.#set(key, resource, report);
      return;
    }
    if (resource) report("", contradiction(resource));
    this.#delete(key);
  }

  /** Tells what several objects make together; the first time also what is always there. */
  flush(): void {
    this.#listed = undefined;
    if (!this.#begun) {
      this.#begun = true;
      this.#profiles.begin();
      this.#tiers.begin();
    }
    this.#policies.flush(this.#hosts.nodes);
    this.#services.flush();
  }

  /** What of the resources is not in force as written, by object. */
  get problems(): readonly Problem[] {
    this.#listed ??= sortedProblems(this.#allProblems());
    return this.#listed;
  }

  /** The same list until it changes. */
  get hosts(): readonly Host[] {
    return this.#hosts.hosts;
  }

  /** The same object until it changes. */
  get configurations(): Configurations {
    return this.#hosts.configurations;
  }

  /** The same object until it changes. Only requests are judged by them. */
  get identities(): Identities {
    this.#identities ??= identitiesOf(new Map<string, Labels>(this.#profiles.labels()));
    return this.#identities;
  }

  /** How much is held, by what it is; every number is 0 when there is no resource. */
  get holdings(): Readonly<Record<string, number>> {
    return {
      ...this.#workloads.holdings,
      networkSets: this.#networkSets.size,
      ...this.#policies.holdings,
      ...this.#tiers.holdings,
      ...this.#profiles.holdings,
      ...this.#services.holdings,
      ...this.#hosts.holdings,
      objectsWithProblems: this.#problems.size,
    };
  }

  #set(key: string, resource: AnyResource, report: Report): void {
    switch (resource.kind) {
      case "Pod":
        this.#workloads.set(key, convertPod(resource, report));
        break;
      case "WorkloadEndpoint":
        this.#workloads.set(key, convertWorkloadEndpoint(resource, report));
        break;
      case "HostEndpoint":
        this.#hosts.setEndpoint(key, convertHostEndpoint(resource, report));
        break;
      case "NetworkSet":
      case "GlobalNetworkSet":
        this.#setNetworkSet(key, convertNetworkSet(resource, report));
        break;
      case "Namespace":
      case "ServiceAccount":
      case "Profile":
        this.#setProfile(key, resource, report);
        break;
      case "Tier":
        this.#tiers.set(key, convertTier(resource));
        break;
      case "EndpointSlice":
        this.#services.set(key, convertSlice(resource));
        break;
      case "Node":
        this.#hosts.setNode(key, convertNode(resource));
        break;
      case "FelixConfiguration":
        this.#hosts.setConfiguration(key, resource);
        break;
      case "Service":
      case "PolicyTest":
        break;
      default:
        this.#policies.set(key, resource, report);
    }
  }

  #setNetworkSet(key: string, value: NetworkSet): void {
    this.#networkSets.add(key);
    this.#sink({ part: "networkSet", key, value });
  }

  #setProfile(key: string, resource: ProfileSource, report: Report): void {
    const converted = convertProfile(resource, report);
    this.#profiles.set(key, converted);
    this.#profileChanged(converted.profile.name);
  }

  #profileChanged(name: string): void {
    this.#identities = undefined;
    const namespace = namespaceOf(name);
    if (namespace !== undefined) this.#workloads.namespaceChanged(namespace);
  }

  #delete(key: string): void {
    if (this.#workloads.delete(key) || this.#policies.delete(key)) return;
    if (this.#networkSets.delete(key)) {
      this.#sink({ part: "networkSet", key, value: undefined });
      return;
    }
    const profile = this.#profiles.delete(key);
    if (profile !== undefined) {
      this.#profileChanged(profile);
      return;
    }
    if (this.#services.delete(key) || this.#hosts.delete(key)) return;
    this.#tiers.delete(key);
  }

  *#allProblems(): Iterable<Problem> {
    yield* this.#problems.all();
    const tierless = new ProblemsByKey();
    this.#policies.reportTiers(this.#tiers.names(), (key) => tierless.reportOn(key));
    yield* tierless.all();
    yield* this.#workloads.problems();
    yield* this.#hosts.problems();
  }
}

function contradiction(resource: AnyResource): string {
  return `the object says of itself that it is ${resourceKey(resource)}: it counts as absent`;
}
