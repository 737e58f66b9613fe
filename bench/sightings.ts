/** So many packets in a row, over so long, that did not arrive were dropped, not late. */
const LOST = 20;
const LOST_MS = 20;

/** Which packets were sent and which were heard, and what that says. Times are milliseconds. */
export class Sightings {
  /** Of the packets sent since the last that was heard. */
  #unheard: { readonly token: number; readonly at: number }[] = [];
  #firstHeard: number | undefined;

  /** Tokens are sent in rising order. */
  sent(token: number, at: number): void {
    this.#unheard.push({ token, at });
  }

  /** A packet that is heard clears those before it, whether they will be or not. */
  heard(token: number, at: number): void {
    this.#firstHeard ??= at;
    this.#unheard = this.#unheard.filter((packet) => packet.token > token);
  }

  /** When the first packet was heard. */
  get firstHeard(): number | undefined {
    return this.#firstHeard;
  }

  /** When the first was sent of those that are lost up to the last; undefined while that is unsure. */
  get firstLost(): number | undefined {
    const [first] = this.#unheard;
    const last = this.#unheard.at(-1);
    if (!first || !last || this.#unheard.length < LOST) return undefined;
    return last.at - first.at < LOST_MS ? undefined : first.at;
  }
}
