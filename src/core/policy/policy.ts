/**
 * Compiled policy: what one endpoint enforces, with every selector resolved to addresses.
 *
 * A section is one list of one endpoint in one direction. Its stages are walked in order: the first
 * rule that matches and is not Log decides; Pass goes to the next stage; no match is the stage's
 * `otherwise`. After the last stage comes the section's `final`.
 */
import type { Configuration } from "../model/configuration.ts";
import type { HostEndpoint, WorkloadEndpoint } from "../model/endpoint.ts";
import type { Action, HttpMatch, PrincipalMatch } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import type { Family } from "../net/address.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { PortSet } from "../sets/port-set.ts";

/** Everything that one node enforces. No staged policy is in it, nor a rule for requests only. */
export interface NodePolicy {
  readonly node: string;
  readonly configuration: Configuration;
  readonly workloads: readonly CompiledWorkload[];
  readonly hostEndpoints: readonly CompiledHostEndpoint[];
}

/** A workload's policy in each direction. */
export interface CompiledWorkload {
  readonly endpoint: WorkloadEndpoint;
  readonly ingress: Section;
  readonly egress: Section;
}

/** A host endpoint's four lists. `untracked` and `preDNAT` end in `None`: no verdict. */
export interface CompiledHostEndpoint {
  readonly endpoint: HostEndpoint;
  readonly normal: BothWays;
  readonly forward: BothWays;
  readonly untracked: BothWays;
  readonly preDNAT: Pick<BothWays, "ingress">;
}

export interface BothWays {
  readonly ingress: Section;
  readonly egress: Section;
}

/** `Rule` is how rules look here: to packets, or to requests. */
export interface Section<Rule extends CompiledRule = CompiledRule> {
  readonly stages: readonly Stage<Rule>[];
  readonly final: "Allow" | "Deny" | "None";
  readonly finalDecision: Decision;
}

/** A tier's rules, or one profile's, in order. Equal stages of several endpoints are one object. */
export interface Stage<Rule extends CompiledRule = CompiledRule> {
  /** A stable text: the tier and the policies in order, or the profile. Names it in listings. */
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly otherwise: "Deny" | "Pass";
  readonly otherwiseDecision: Decision;
}

/** A rule whose selectors and named ports are resolved; all criteria that are set must hold. */
export interface CompiledRule {
  readonly action: Action;
  /** The families in which it can match; never empty (such a rule is left out). */
  readonly families: readonly Family[];
  readonly protocol: ProtocolMatch;
  /**
   * The ICMP messages it matches, each as type * 256 + code. Set only for rules with an ICMP
   * criterion; those match nothing but the family's own ICMP protocol.
   */
  readonly icmp?: PortSet;
  readonly source: CompiledSide;
  readonly destination: CompiledSide;
  readonly decision: Decision;
}

/** A rule as requests meet it, with what it says of them beside what it says of their packets. */
export interface RequestRule extends CompiledRule {
  readonly http?: HttpMatch;
  readonly sourcePrincipal?: PrincipalMatch;
  readonly destinationPrincipal?: PrincipalMatch;
}

/** A workload's ingress for requests; `pending` where a staged policy governs it. */
export interface RequestPolicy {
  readonly enforced: Section<RequestRule>;
  readonly pending?: Section<RequestRule>;
}

export type ProtocolMatch =
  | { readonly match: "any" }
  | { readonly match: "only"; readonly protocol: number }
  | { readonly match: "except"; readonly protocol: number };

/** One side of a packet: it must satisfy every address term, and the port criteria that are set. */
export interface CompiledSide {
  readonly addresses: readonly AddressTerm[];
  /** Absent: any port, and packets without ports too. */
  readonly ports?: PortCriterion;
  readonly notPorts?: PortCriterion;
}

/** In the set, or with `negated` outside it. Sets are shared: one object for one meaning. */
export interface AddressTerm {
  readonly set: Addresses;
  readonly negated: boolean;
}

/** Satisfied by a port in `ports`, or by (address, protocol, port) in a set of `named`. */
export interface PortCriterion {
  readonly ports: PortSet;
  readonly named: readonly NamedPortSet[];
}

/** Where a port name or a service leads: for each address, the ports it is reached at. */
export interface NamedPortSet {
  /** Canonical: equal sets have equal ids. */
  readonly id: string;
  /** Canonical address text (formatAddress) to ports, ascending by protocol and number. */
  readonly members: ReadonlyMap<string, readonly ServedPort[]>;
}

export interface ServedPort {
  readonly protocol: number;
  readonly port: number;
}
