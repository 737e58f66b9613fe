/**
 * The part of nft's rule language that rendered chains are written in, read back: each rule is a
 * list of statements. Whatever is not understood throws, so that nothing is ever passed over.
 */

/** A value to look up, compare or put into the register. */
export type Operand =
  | { readonly of: "register"; readonly mask?: number }
  | { readonly of: "constant"; readonly value: number }
  | { readonly of: "register or"; readonly value: number }
  | { readonly of: "address"; readonly family: 4 | 6; readonly side: "saddr" | "daddr" }
  | { readonly of: "interface"; readonly field: "iifname" | "oifname" }
  | { readonly of: "protocol" | "ethertype" }
  /** Bits of the transport header: `bytes` first ones from `offset`, lower bits cleared by `mask`. */
  | {
      readonly of: "transport";
      readonly offset: number;
      readonly bytes: 1 | 2;
      readonly mask?: number;
    };

export type Verdict =
  | { readonly verdict: "accept" | "drop" | "return" | "continue" }
  | { readonly verdict: "jump" | "goto"; readonly chain: string };

/** A statement either ends the rule (no match, nothing found) or lets the next one have its turn. */
export type Statement =
  | { readonly do: "match state"; readonly states: readonly string[] }
  | { readonly do: "match dnat" | "match own" | "notrack" }
  | {
      readonly do: "match interface";
      readonly field: "iifname" | "oifname";
      readonly name: string;
      /** Every name that begins with `name` matches. */
      readonly isPrefix: boolean;
    }
  | { readonly do: "match protocol"; readonly protocols: readonly number[] }
  | { readonly do: "match address"; readonly side: "saddr" | "daddr"; readonly within: string }
  | {
      readonly do: "match transport";
      readonly offset: number;
      readonly bytes: 1 | 2;
      readonly values: readonly number[];
    }
  | {
      readonly do: "match register";
      readonly mask: number;
      readonly equal: boolean;
      readonly value: number;
    }
  | { readonly do: "match mark"; readonly mask: number; readonly set: boolean }
  | { readonly do: "match member"; readonly set: string; readonly key: readonly Operand[] }
  | { readonly do: "set register"; readonly value: Operand }
  | { readonly do: "look up"; readonly map: string; readonly key: readonly Operand[] }
  | { readonly do: "go by"; readonly map: string; readonly key: readonly Operand[] }
  | { readonly do: "set mark"; readonly op: "&" | "|"; readonly value: number }
  | { readonly do: "log"; readonly prefix: string }
  | { readonly do: "verdict"; readonly verdict: Verdict };

export function parseRule(rule: string): Statement[] {
  const statements: Statement[] = [];
  let rest = rule.trim();
  while (rest !== "") {
    const [parsed, length] = parseFirst(rest, rule);
    statements.push(...parsed);
    rest = rest.slice(length).trim();
  }
  return statements;
}

/** A register as nft writes it, or any other number. */
export function parseNumber(text: string): number {
  if (text === "none") return 0;
  const [high, low] = text.split(":");
  if (low !== undefined)
    return Number.parseInt(high || "0", 16) * 65_536 + Number.parseInt(low || "0", 16);
  const number = Number(text);
  if (text === "" || Number.isNaN(number))
    throw new Error(`${JSON.stringify(text)} is not a number`);
  return number;
}

export function parseVerdict(text: string): Verdict {
  const [word = "", chain] = text.split(" ");
  if ((word === "jump" || word === "goto") && chain !== undefined) return { verdict: word, chain };
  if (word === "accept" || word === "drop" || word === "return" || word === "continue") {
    return { verdict: word };
  }
  throw new Error(`${JSON.stringify(text)} is not a verdict`);
}

type Form = readonly [pattern: RegExp, read: (groups: readonly string[]) => readonly Statement[]];

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, icmpv6: 58 };

/** The first that fits is meant. */
const FORMS: readonly Form[] = [
  [/^ct state (\S+)/, ([states = ""]) => [{ do: "match state", states: states.split(",") }]],
  [/^ct status dnat/, () => [{ do: "match dnat" }]],
  [/^iif 0/, () => [{ do: "match own" }]],
  [/^notrack/, () => [{ do: "notrack" }]],
  [
    /^(iifname|oifname) "([^"*]+)(\*?)"/,
    ([field, name = "", star]) => [
      { do: "match interface", field: interfaceField(field), name, isPrefix: star === "*" },
    ],
  ],
  [
    /^meta l4proto (\d+|\{[^}]*\})(?! map)/,
    ([list = ""]) => [{ do: "match protocol", protocols: numbers(list) }],
  ],
  [
    /^ip6? (saddr|daddr) (\S+)(?! map)/,
    ([side, within = ""]) => [{ do: "match address", side: addressSide(side), within }],
  ],
  [
    /^(tcp|udp|sctp|icmpv6) (dport|sport|type) (\d+|\{[^}]*\})/,
    ([protocol = "", field, list = ""]) => [
      { do: "match protocol", protocols: [PROTOCOLS[protocol] ?? -1] },
      {
        do: "match transport",
        offset: field === "dport" ? 2 : 0,
        bytes: field === "type" ? 1 : 2,
        values: numbers(list),
      },
    ],
  ],
  [/^meta priority vmap @(\S+)/, ([map = ""]) => [{ do: "go by", map, key: [{ of: "register" }] }]],
  [
    /^meta priority set (.+?) map @(\S+)/,
    ([key = "", map = ""]) => [{ do: "look up", map, key: operands(key) }],
  ],
  [
    /^meta priority set meta priority ([&|]) (\S+)/,
    ([op, value = ""]) => [
      {
        do: "set register",
        value:
          op === "&"
            ? { of: "register", mask: parseNumber(value) }
            : { of: "register or", value: parseNumber(value) },
      },
    ],
  ],
  [
    /^meta priority set (\S+)/,
    ([value = ""]) => [
      { do: "set register", value: { of: "constant", value: parseNumber(value) } },
    ],
  ],
  [
    /^meta priority (?:& (\S+) )?(?:(==|!=) )?([0-9a-fx:]+)/,
    ([mask, sign, value = ""]) => [
      {
        do: "match register",
        mask: mask ? parseNumber(mask) : 0xffff_ffff,
        equal: sign !== "!=",
        value: parseNumber(value),
      },
    ],
  ],
  [
    /^meta mark & (\S+) (==|!=) 0/,
    ([mask = "", sign]) => [{ do: "match mark", mask: parseNumber(mask), set: sign === "!=" }],
  ],
  [
    /^meta mark set meta mark ([&|]) (\S+)/,
    ([op, value = ""]) => [
      { do: "set mark", op: op === "&" ? "&" : "|", value: parseNumber(value) },
    ],
  ],
  [/^log prefix "([^"]*)" group 5 snaplen 64/, ([prefix = ""]) => [{ do: "log", prefix }]],
  [/^(.+) vmap @(\S+)/, ([key = "", map = ""]) => [{ do: "go by", map, key: operands(key) }]],
  [
    /^((?:iifname|oifname) \. \S+ \S+) @(\S+)/,
    ([key = "", set = ""]) => [{ do: "match member", set, key: operands(key) }],
  ],
  [
    /^((?:jump|goto) \S+|accept|drop|return)/,
    ([text = ""]) => [{ do: "verdict", verdict: parseVerdict(text) }],
  ],
];

function parseFirst(
  text: string,
  rule: string,
): [statements: readonly Statement[], length: number] {
  for (const [pattern, read] of FORMS) {
    const match = pattern.exec(text);
    if (match) return [read(match.slice(1)), match[0].length];
  }
  throw new Error(`cannot read ${JSON.stringify(text)} in the rule ${JSON.stringify(rule)}`);
}

const OPERANDS: readonly (readonly [RegExp, (groups: readonly string[]) => Operand])[] = [
  [/^meta priority$/, () => ({ of: "register" })],
  [/^meta priority & (\S+)$/, ([mask = ""]) => ({ of: "register", mask: parseNumber(mask) })],
  [/^meta l4proto$/, () => ({ of: "protocol" })],
  [/^meta protocol$/, () => ({ of: "ethertype" })],
  [/^(iifname|oifname)$/, ([field]) => ({ of: "interface", field: interfaceField(field) })],
  [
    /^(ip6?) (saddr|daddr)$/,
    ([version, side]) => ({
      of: "address",
      family: version === "ip" ? 4 : 6,
      side: addressSide(side),
    }),
  ],
  [
    /^th (sport|dport)$/,
    ([field]) => ({ of: "transport", offset: field === "dport" ? 2 : 0, bytes: 2 }),
  ],
  [
    /^\(th (sport|dport) & (\S+)\)$/,
    ([field, mask = ""]) => ({
      of: "transport",
      offset: field === "dport" ? 2 : 0,
      bytes: 2,
      mask: parseNumber(mask),
    }),
  ],
  [/^@th,(0|16),8$/, ([bits]) => ({ of: "transport", offset: Number(bits) / 8, bytes: 1 })],
];

function operands(key: string): Operand[] {
  return key.split(" . ").map((text) => {
    for (const [pattern, read] of OPERANDS) {
      const match = pattern.exec(text);
      if (match) return read(match.slice(1));
    }
    throw new Error(`cannot read ${JSON.stringify(text)} as part of a key`);
  });
}

function interfaceField(text: string | undefined): "iifname" | "oifname" {
  return text === "oifname" ? "oifname" : "iifname";
}

function addressSide(text: string | undefined): "saddr" | "daddr" {
  return text === "daddr" ? "daddr" : "saddr";
}

function numbers(list: string): number[] {
  return list
    .replace(/[{}]/g, "")
    .split(",")
    .map((text) => parseNumber(text.trim()));
}
