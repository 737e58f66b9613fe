import type { Address, Prefix } from "../net/address.ts";

/** Addresses of both families, as rules name them. */
export interface Addresses {
  has(found: Address): boolean;
  readonly isEmpty: boolean;
  /** The members of one address each that no network of the set covers, ascending. */
  readonly hosts: readonly Address[];
  /** The wider members, ascending, none inside another. */
  readonly nets: readonly Prefix[];
  /**
   * Every member, those inside others too, where they come and go one by one; without it they are
   * `hosts` and `nets`.
   */
  members?(): Iterable<Prefix>;
  /** Canonical text of the members: equal sets print alike. */
  toString(): string;
}
