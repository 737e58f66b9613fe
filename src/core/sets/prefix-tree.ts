/**
 * Values at networks of one family, found by what is around an address, inside a network, or beside
 * it. A step goes down at least one bit, so a look-up costs the depth, never what there is.
 */
import { type Address, type Prefix, prefixOf } from "../net/address.ts";
import { bitAt, commonBits } from "./prefix-tree-bits.ts";

interface Node<V> {
  readonly prefix: Prefix;
  value: V | undefined;
  low: Node<V> | undefined;
  high: Node<V> | undefined;
}

type Side = "low" | "high";

/** A node without a value has both children. */
export class PrefixTree<V extends object> {
  #root: Node<V> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Of networks of exactly this form. */
  get(net: Prefix): V | undefined {
    return this.#nodeAt(net)?.value;
  }

  set(net: Prefix, value: V): void {
    let parent: Node<V> | undefined;
    let node = this.#root;
    while (node && isInside(net, node.prefix) && node.prefix.length < net.length) {
      parent = node;
      node = node[sideOf(net.address, node)];
    }
    if (node && node.prefix.length === net.length && isInside(net, node.prefix)) {
      if (node.value === undefined) this.#size++;
      node.value = value;
      return;
    }
    this.#size++;
    this.#replace(parent, net.address, joined(node, leaf(net, value)));
  }

  delete(net: Prefix): void {
    const path: Node<V>[] = [];
    let node = this.#root;
    while (node && isInside(net, node.prefix) && node.prefix.length < net.length) {
      path.push(node);
      node = node[sideOf(net.address, node)];
    }
    if (node?.prefix.length !== net.length || !isInside(net, node.prefix)) return;
    if (node.value === undefined) return;
    this.#size--;
    node.value = undefined;
    if (node.low && node.high) return;
    const parent = path.pop();
    this.#replace(parent, net.address, node.low ?? node.high);
    // With one child left a node that only held two together has nothing to do.
    if (!parent || parent.value !== undefined || (parent.low && parent.high)) return;
    this.#replace(path.pop(), net.address, parent.low ?? parent.high);
  }

  /** The value of the narrowest network that holds `found`. */
  innermost(found: Address): V | undefined {
    let innermost: V | undefined;
    for (let node = this.#root; node; node = node[sideOf(found, node)]) {
      const { address, length } = node.prefix;
      if (commonBits(found.words, address.words, length) < length) break;
      innermost = node.value ?? innermost;
    }
    return innermost;
  }

  /** The value of the narrowest network that holds `net` and more. */
  around(net: Prefix): V | undefined {
    let around: V | undefined;
    let node = this.#root;
    while (node && node.prefix.length < net.length && isInside(net, node.prefix)) {
      around = node.value ?? around;
      node = node[sideOf(net.address, node)];
    }
    return around;
  }

  /** The values of `net` and the networks in it; those of all networks without it. Ascending, the wider first. */
  *inside(net?: Prefix): Generator<V> {
    let top = this.#root;
    while (net && top && top.prefix.length < net.length && isInside(net, top.prefix)) {
      top = top[sideOf(net.address, top)];
    }
    if (!top || (net && !isInside(top.prefix, net))) return;
    const waiting = [top];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (node.value !== undefined) yield node.value;
      if (node.high) waiting.push(node.high);
      if (node.low) waiting.push(node.low);
    }
  }

  /**
   * Of the networks whose next wider one is `outer`, the nearest beyond `from`: above it ("high") or
   * below. `from` may be one of them; else none of them holds it.
   */
  beside(outer: Prefix, from: Prefix, side: Side): V | undefined {
    let beyond: Node<V> | undefined;
    let node = this.#nodeAt(outer);
    while (node && node.prefix.length < from.length && isInside(from, node.prefix)) {
      const way = sideOf(from.address, node);
      if (way !== side) beyond = node[side] ?? beyond;
      node = node[way];
    }
    if (node && !isInside(node.prefix, from)) {
      const { address, length } = node.prefix;
      const common = commonBits(address.words, from.address.words, Math.min(length, from.length));
      if ((bitAt(address.words, common) === 1) === (side === "high")) beyond = node;
    }
    const nearest = side === "high" ? "low" : "high";
    while (beyond && beyond.value === undefined) beyond = beyond[nearest];
    return beyond?.value;
  }

  #nodeAt(net: Prefix): Node<V> | undefined {
    let node = this.#root;
    while (node && node.prefix.length < net.length) node = node[sideOf(net.address, node)];
    return node && node.prefix.length === net.length && isInside(node.prefix, net)
      ? node
      : undefined;
  }

  #replace(parent: Node<V> | undefined, towards: Address, by: Node<V> | undefined): void {
    if (parent) parent[sideOf(towards, parent)] = by;
    else this.#root = by;
  }
}

function leaf<V>(prefix: Prefix, value: V | undefined): Node<V> {
  return { prefix, value, low: undefined, high: undefined };
}

/** `added` in the place of `there`, which it holds, or is apart from. */
function joined<V>(there: Node<V> | undefined, added: Node<V>): Node<V> {
  if (!there) return added;
  const [a, b] = [added.prefix, there.prefix];
  const common = commonBits(a.address.words, b.address.words, Math.min(a.length, b.length));
  const top = common === a.length ? added : leaf<V>(prefixOf(a.address, common), undefined);
  top[sideOf(b.address, top)] = there;
  if (top !== added) top[sideOf(a.address, top)] = added;
  return top;
}

function isInside(inner: Prefix, outer: Prefix): boolean {
  if (inner.length < outer.length) return false;
  const { length } = outer;
  return commonBits(inner.address.words, outer.address.words, length) === length;
}

function sideOf({ words }: Address, { prefix }: Node<unknown>): Side {
  return bitAt(words, prefix.length) === 0 ? "low" : "high";
}
