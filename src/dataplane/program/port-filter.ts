/** The port criteria of one side of a rule, with names resolved to numbers. */
import type {
  CompiledSide,
  NamedPortSet,
  PortCriterion,
  ServedPort,
} from "../../core/policy/policy.ts";
import { PortSet } from "../../core/sets/port-set.ts";

/** Which ports of which protocol an address may have in a packet that the rule matches. */
export class PortFilter {
  static readonly open = new PortFilter(undefined, undefined);

  readonly #within: ProtocolPorts | undefined;
  readonly #without: ProtocolPorts | undefined;

  private constructor(within: ProtocolPorts | undefined, without: ProtocolPorts | undefined) {
    this.#within = within;
    this.#without = without;
  }

  /** `served` says what ports an address serves under a name. */
  static of(
    { ports, notPorts }: CompiledSide,
    served: (named: NamedPortSet) => readonly ServedPort[],
  ): PortFilter {
    if (!ports && !notPorts) return PortFilter.open;
    return new PortFilter(ports && resolve(ports, served), notPorts && resolve(notPorts, served));
  }

  /** There is no criterion: any port will do, and none. */
  get isOpen(): boolean {
    return !this.#within && !this.#without;
  }

  /** A packet of a protocol without ports is in no set of ports, and so outside every one. */
  get admitsPortless(): boolean {
    return !this.#within;
  }

  ports(protocol: number): PortSet {
    const within = this.#within?.(protocol) ?? PortSet.all;
    return this.#without ? within.subtract(this.#without(protocol)) : within;
  }
}

type ProtocolPorts = (protocol: number) => PortSet;

function resolve(
  { ports, named }: PortCriterion,
  served: (named: NamedPortSet) => readonly ServedPort[],
): ProtocolPorts {
  if (named.length === 0) return () => ports;
  const all = named.flatMap(served);
  return (protocol) => {
    const own = all.filter((one) => one.protocol === protocol);
    return PortSet.union([ports, ...own.map(({ port }) => PortSet.range(port))]);
  };
}
