/** What is known of single addresses by number: their own traits, and the cell that each is in. */
import type { Cell } from "./address-class-cells.ts";
import { grown } from "./address-class-hosts.ts";

const FIRST_SIZE = 64;
/** Of one address: its own list, its cell, the next and the previous address of that, whether it is touched. */
const WIDTH = 5;
const [OWN, CELL, NEXT, PREVIOUS, TOUCHED] = [0, 1, 2, 3, 4];

export class Members {
  #columns = new Int32Array(0);

  /** Its list of traits that name it by itself. */
  own(host: number): number {
    return this.#columns[host * WIDTH + OWN] ?? 0;
  }

  setOwn(host: number, list: number): void {
    this.#room(host);
    this.#columns[host * WIDTH + OWN] = list;
  }

  /** The number of its cell; 0 when it is in none. */
  cell(host: number): number {
    return this.#columns[host * WIDTH + CELL] ?? 0;
  }

  enter(host: number, cell: Cell): void {
    this.#room(host);
    const at = host * WIDTH;
    const next = cell.firstHost;
    this.#columns[at + CELL] = cell.number;
    this.#columns[at + NEXT] = next;
    this.#columns[at + PREVIOUS] = 0;
    if (next !== 0) this.#columns[next * WIDTH + PREVIOUS] = host;
    cell.firstHost = host;
    cell.hosts++;
  }

  leave(host: number, cell: Cell): void {
    const at = host * WIDTH;
    const next = this.#columns[at + NEXT] ?? 0;
    const previous = this.#columns[at + PREVIOUS] ?? 0;
    if (previous === 0) cell.firstHost = next;
    else this.#columns[previous * WIDTH + NEXT] = next;
    if (next !== 0) this.#columns[next * WIDTH + PREVIOUS] = previous;
    this.#columns[at + CELL] = 0;
    cell.hosts--;
  }

  /** The addresses of a cell, in no order. */
  *of(cell: Cell): Generator<number> {
    for (let host = cell.firstHost; host !== 0; ) {
      const next = this.#columns[host * WIDTH + NEXT] ?? 0;
      yield host;
      host = next;
    }
  }

  isTouched(host: number): boolean {
    return this.#columns[host * WIDTH + TOUCHED] === 1;
  }

  setTouched(host: number, touched: boolean): void {
    this.#room(host);
    this.#columns[host * WIDTH + TOUCHED] = touched ? 1 : 0;
  }

  /** Lets the memory go; nothing is known of any address. */
  clear(): void {
    this.#columns = new Int32Array(0);
  }

  #room(host: number): void {
    if ((host + 1) * WIDTH <= this.#columns.length) return;
    const more = new Int32Array(grown(this.#columns.length, FIRST_SIZE * WIDTH));
    more.set(this.#columns);
    this.#columns = more;
  }
}
