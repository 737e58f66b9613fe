/** Services of a stream, each joined from its slices. */
import { type Address, compareAddresses } from "../net/address.ts";
import { joinSlices, type ServiceSlice } from "./convert-service.ts";
import type { ModelUpdate } from "./update.ts";

/** Keeps what slices say, as long as they are there. Services are told at a flush, each once. */
export class StreamServices {
  readonly #tell: (update: ModelUpdate) => void;
  readonly #slices = new Map<string, ServiceSlice>();
  /** The keys of a service's slices. */
  readonly #byService = new Map<string, Set<string>>();
  readonly #told = new Set<string>();
  readonly #changed = new Set<string>();

  constructor(tell: (update: ModelUpdate) => void) {
    this.#tell = tell;
  }

  /**
   * The slice as it is now; undefined when it belongs to no service. One of which endpoints only
   * became ready, or no longer are, is none that changed.
   */
  set(key: string, slice: ServiceSlice | undefined): void {
    const before = this.#slices.get(key);
    if (before && slice && isSameSlice(before, slice)) return;
    this.delete(key);
    if (!slice) return;
    this.#slices.set(key, slice);
    const keys = this.#byService.get(slice.service);
    if (keys) keys.add(key);
    else this.#byService.set(slice.service, new Set([key]));
    this.#changed.add(slice.service);
  }

  /** Reports whether it was there. */
  delete(key: string): boolean {
    const slice = this.#slices.get(key);
    if (!slice) return false;
    this.#slices.delete(key);
    const keys = this.#byService.get(slice.service);
    keys?.delete(key);
    if (keys?.size === 0) this.#byService.delete(slice.service);
    this.#changed.add(slice.service);
    return true;
  }

  /** Tells the services whose slices changed. */
  flush(): void {
    for (const service of this.#changed) this.#tellService(service);
    this.#changed.clear();
  }

  get holdings() {
    return {
      slices: this.#slices.size,
      slicedServices: this.#byService.size,
      services: this.#told.size,
      changedServices: this.#changed.size,
    };
  }

  #tellService(key: string): void {
    const keys = this.#byService.get(key) ?? [];
    const value = joinSlices([...keys].flatMap((slice) => this.#slices.get(slice) ?? []));
    if (value) this.#told.add(key);
    else if (!this.#told.delete(key)) return;
    this.#tell({ part: "service", key, value });
  }
}

function isSameSlice(a: ServiceSlice, b: ServiceSlice): boolean {
  return (
    a.service === b.service &&
    a.addresses.length === b.addresses.length &&
    a.backends.length === b.backends.length &&
    a.addresses.every((one, i) => isSameAddress(one, b.addresses[i])) &&
    a.backends.every(({ address, protocol, port }, i) => {
      const other = b.backends[i];
      return (
        other?.protocol === protocol && other.port === port && isSameAddress(address, other.address)
      );
    })
  );
}

function isSameAddress(a: Address, b: Address | undefined): boolean {
  return b !== undefined && compareAddresses(a, b) === 0;
}
