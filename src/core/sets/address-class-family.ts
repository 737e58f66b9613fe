/**
 * The addresses of one family: which traits they have, and the cell that each is in. What is added
 * and removed is only noted; what that comes to is found when it is settled, once for all of it.
 */
import {
  type Address,
  comparePrefixes,
  type Family,
  lastAddress,
  type Prefix,
} from "../net/address.ts";
import { type Point, pointOf } from "../net/point.ts";
import type { Cell, Cells } from "./address-class-cells.ts";
import { HostTree } from "./address-class-hosts.ts";
import { Members } from "./address-class-members.ts";
import {
  type ListedSegment,
  type Network,
  outermost,
  type SegmentChange,
  Segments,
} from "./address-class-segments.ts";
import { NO_TRAITS, type TraitLists } from "./address-class-traits.ts";
import { PrefixTree } from "./prefix-tree.ts";

/** Is told of each address or segment that moves; undefined is no cell. */
export type Move = (from: Cell | undefined, to: Cell | undefined) => void;

/** What is told once classes have their ids; undefined is none of its own. */
export interface MemberJournal {
  /** Segments that are no more come before others that are in their place. */
  segment?(segment: ListedSegment, classId: number | undefined): void;
  host?(host: Address, classId: number | undefined): void;
}

export class FamilyAddresses {
  readonly #family: Family;
  readonly #lists: TraitLists;
  readonly #cells: Cells;
  readonly #hosts: HostTree;
  readonly #members = new Members();
  readonly #networks = new PrefixTree<Network>();
  readonly #segments: Segments;
  /** Since it was settled last. A network without traits is one that goes. */
  #touchedHosts: number[] = [];
  readonly #touchedNetworks = new Set<Network>();
  /** Between settling and telling: the ids that the touched addresses were in, -1 for none. */
  #idsBefore: number[] = [];
  #segmentChanges: SegmentChange[] = [];

  constructor(family: Family, lists: TraitLists, cells: Cells) {
    this.#family = family;
    this.#lists = lists;
    this.#cells = cells;
    this.#hosts = new HostTree(family);
    this.#segments = new Segments(family, this.#networks, ({ whole }) =>
      cells.obtain(family, whole),
    );
  }

  addHost(trait: number, address: Address): boolean {
    const host = this.#hosts.obtain(address);
    const own = this.#members.own(host);
    return this.#setOwn(host, own, this.#lists.with(own, trait));
  }

  removeHost(trait: number, address: Address): boolean {
    const host = this.#hosts.find(address);
    if (host === 0) return false;
    const own = this.#members.own(host);
    return this.#setOwn(host, own, this.#lists.without(own, trait));
  }

  /** The network if the trait was not held by it already. */
  addNetwork(trait: number, prefix: Prefix): Network | undefined {
    const network = this.#networks.get(prefix) ?? this.#newNetwork(prefix);
    return this.#setNetwork(network, this.#lists.with(network.own, trait)) ? network : undefined;
  }

  removeNetwork(trait: number, prefix: Prefix): Network | undefined {
    const network = this.#networks.get(prefix);
    if (!network) return undefined;
    return this.#setNetwork(network, this.#lists.without(network.own, trait)) ? network : undefined;
  }

  /** Takes a trait from all single addresses; `cells` are those of this family that have it. */
  dropFromHosts(trait: number, cells: Iterable<Cell>): void {
    const drop = (host: number): void => {
      const own = this.#members.own(host);
      this.#setOwn(host, own, this.#lists.without(own, trait));
    };
    for (const host of this.#touchedHosts) drop(host);
    for (const cell of cells) {
      for (const host of this.#members.of(cell)) drop(host);
    }
  }

  /** Moves to their new cells what was touched; networks come before single addresses. */
  settleNetworks(move: Move): void {
    if (this.#touchedNetworks.size === 0) return;
    const touched = [...this.#touchedNetworks];
    const ranges = outermost(touched.map(({ prefix }) => prefix).sort(comparePrefixes));
    const starts = new Set<Point>();
    for (const range of ranges) {
      for (const start of this.#segments.startsAbout(range)) starts.add(start);
    }
    for (const network of touched) {
      if (network.own !== NO_TRAITS) continue;
      this.#networks.delete(network.prefix);
      this.#setWhole(network, NO_TRAITS);
    }
    for (const range of ranges) {
      this.#renewInside(range);
      for (const host of this.#hosts.inside(range)) this.#touch(host);
    }
    this.#touchedNetworks.clear();
    this.#segmentChanges = this.#segments.update(starts);
    for (const { before, now } of this.#segmentChanges) {
      if (before?.cell !== now?.cell) move(before?.cell, now?.cell);
    }
  }

  settleHosts(move: Move): void {
    for (const host of this.#touchedHosts) {
      const own = this.#members.own(host);
      const from = this.#cells.at(this.#members.cell(host));
      const to =
        own === NO_TRAITS ? undefined : this.#cells.obtain(this.#family, this.#whole(host, own));
      this.#idsBefore.push(from?.id ?? -1);
      if (from === to) continue;
      if (from) this.#members.leave(host, from);
      if (to) this.#members.enter(host, to);
      move(from, to);
    }
  }

  /** Tells what moved, now that cells have their ids; `renamed` are cells that have another id. */
  tell(journal: MemberJournal | undefined, renamed: Iterable<Cell>): void {
    if (journal?.segment) this.#tellSegments(journal);
    if (journal?.host) this.#tellHosts(journal, renamed);
    for (const host of this.#touchedHosts) {
      this.#members.setTouched(host, false);
      if (this.#members.own(host) === NO_TRAITS) this.#hosts.delete(host);
    }
    if (this.#hosts.size === 0) this.#members.clear();
    this.#touchedHosts = [];
    this.#idsBefore = [];
    this.#segmentChanges = [];
  }

  /** The cell of a single address that traits name by itself, else that of what is around it. */
  cellOf(address: Address): Cell | undefined {
    const host = this.#hosts.find(address);
    return host === 0 ? this.cellAround(address) : this.#cells.at(this.#members.cell(host));
  }

  cellAround(address: Address): Cell | undefined {
    const network = this.#networks.innermost(address);
    return network && this.#cells.find(this.#family, network.whole);
  }

  /** Ascending. */
  *hosts(): Generator<{ readonly address: Address; readonly cell: Cell | undefined }> {
    for (const host of this.#hosts.inside()) {
      const cell = this.#cells.at(this.#members.cell(host));
      yield { address: this.#hosts.address(host), cell };
    }
  }

  /** Ascending. */
  get segments(): readonly ListedSegment[] {
    return this.#segments.listed;
  }

  get hostCount(): number {
    return this.#hosts.size;
  }

  get networkCount(): number {
    return this.#networks.size;
  }

  #setOwn(host: number, before: number, own: number): boolean {
    if (before === own) return false;
    this.#lists.retain(own);
    this.#lists.release(before);
    this.#members.setOwn(host, own);
    this.#touch(host);
    return true;
  }

  #touch(host: number): void {
    if (this.#members.isTouched(host)) return;
    this.#members.setTouched(host, true);
    this.#touchedHosts.push(host);
  }

  #newNetwork(prefix: Prefix): Network {
    const [first, last] = [pointOf(prefix.address), pointOf(lastAddress(prefix))];
    const network = { prefix, first, last, own: NO_TRAITS, whole: NO_TRAITS };
    this.#networks.set(prefix, network);
    this.#lists.retain(NO_TRAITS);
    this.#lists.retain(NO_TRAITS);
    return network;
  }

  #setNetwork(network: Network, own: number): boolean {
    if (network.own === own) return false;
    this.#lists.retain(own);
    this.#lists.release(network.own);
    network.own = own;
    this.#touchedNetworks.add(network);
    return true;
  }

  #setWhole(network: Network, whole: number): void {
    this.#lists.retain(whole);
    this.#lists.release(network.whole);
    network.whole = whole;
  }

  /** Finds once more what traits the networks in `range` have with those around them. */
  #renewInside(range: Prefix): void {
    const enclosing: Network[] = [];
    const around = this.#networks.around(range);
    for (const network of this.#networks.inside(range)) {
      while (isBefore(enclosing.at(-1), network)) enclosing.pop();
      const outer = enclosing.at(-1) ?? around;
      this.#setWhole(network, this.#lists.union(network.own, outer?.whole ?? NO_TRAITS));
      enclosing.push(network);
    }
  }

  /** The list of all traits that an address has. */
  #whole(host: number, own: number): number {
    if (this.#networks.size === 0) return own;
    const network = this.#networks.innermost(this.#hosts.address(host));
    return this.#lists.union(own, network?.whole ?? NO_TRAITS);
  }

  #tellSegments(journal: MemberJournal): void {
    const told = this.#segmentChanges.filter(
      ({ before, idBefore, now }) => before?.last !== now?.last || idBefore !== now?.cell.id,
    );
    for (const { before } of told) if (before) journal.segment?.(before, undefined);
    for (const { now } of told) if (now) journal.segment?.(now, now.cell.id);
  }

  #tellHosts(journal: MemberJournal, renamed: Iterable<Cell>): void {
    for (const [i, host] of this.#touchedHosts.entries()) {
      const classId = this.#cells.at(this.#members.cell(host))?.id;
      if ((classId ?? -1) !== this.#idsBefore[i])
        journal.host?.(this.#hosts.address(host), classId);
    }
    for (const cell of renamed) {
      if (cell.family !== this.#family) continue;
      for (const host of this.#members.of(cell)) {
        if (!this.#members.isTouched(host)) journal.host?.(this.#hosts.address(host), cell.id);
      }
    }
  }
}

function isBefore(network: Network | undefined, next: Network): boolean {
  return network !== undefined && network.last < next.first;
}
