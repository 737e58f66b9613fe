/** What changes in compiled policy when what it is calculated from changes. */
import type { PolicyId } from "../model/policy.ts";
import type { Prefix } from "../net/address.ts";
import type { Addresses } from "../sets/addresses.ts";
import type {
  CompiledHostEndpoint,
  CompiledRule,
  CompiledWorkload,
  NamedPortSet,
} from "./policy.ts";

/**
 * The net changes since the last flush. Taken in the order of its fields, everything is there before
 * what names it, and goes after it. Nothing is in two lists that contradict each other. The order
 * within a list carries no meaning.
 */
export interface PolicyChanges {
  /** Sets that a rule names from now on, with the members that they have. */
  readonly newSets: readonly PeerSet[];
  readonly changedSets: readonly PeerSetChange[];
  /** Policies that govern a local endpoint from now on, or say something else than before. */
  readonly policies: readonly ActivePolicy[];
  /** Profiles that a local endpoint names from now on, or that say something else than before. */
  readonly profiles: readonly ActiveProfile[];
  /** Local endpoints that are new, or whose policy is another than before. */
  readonly endpoints: readonly LocalEndpoint[];
  /** Keys of endpoints that are not local (any more). */
  readonly goneEndpoints: readonly string[];
  /** Names. */
  readonly goneProfiles: readonly string[];
  readonly gonePolicies: readonly PolicyId[];
  readonly goneSets: readonly PeerSet[];
}

/** A set that rules name. The same object while any rule names it; its members change. */
export type PeerSet =
  | { readonly kind: "addresses"; readonly id: string; readonly addresses: Addresses }
  | { readonly kind: "ports"; readonly id: string; readonly ports: NamedPortSet };

/** What came into a set and what left it; the set itself holds the members as they are now. */
export type PeerSetChange =
  | {
      readonly kind: "addresses";
      readonly set: PeerSet & { readonly kind: "addresses" };
      readonly added: readonly Prefix[];
      readonly removed: readonly Prefix[];
    }
  | {
      readonly kind: "ports";
      readonly set: PeerSet & { readonly kind: "ports" };
      /** Canonical texts of the addresses that serve other ports than before. */
      readonly changed: readonly string[];
    };

/** A policy whose selector selects some local endpoint. The rules of directions that it does not govern are left out. */
export interface ActivePolicy {
  readonly id: PolicyId;
  readonly ingress: readonly CompiledRule[];
  readonly egress: readonly CompiledRule[];
}

/** A profile that some local endpoint names. */
export interface ActiveProfile {
  readonly name: string;
  /** Without it, it denies. */
  readonly exists: boolean;
  readonly ingress: readonly CompiledRule[];
  readonly egress: readonly CompiledRule[];
}

/**
 * A local endpoint with what it enforces. `key` is that of its update. The endpoint is as it was told,
 * and its labels are of no account: what comes of them is in the policy.
 */
export interface LocalEndpoint {
  readonly key: string;
  readonly compiled: CompiledWorkload | CompiledHostEndpoint;
}
