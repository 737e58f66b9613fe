/** Plain scalars and tags, read as kubectl reads them: YAML 1.1's booleans and octals, no dates. */

const WORDS: ReadonlyMap<string, boolean | null | number> = new Map<
  string,
  boolean | null | number
>([
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"].map(
    (word) => [word, true] as const,
  ),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"].map(
    (word) => [word, false] as const,
  ),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a scalar written without quotes and without a tag; a number that is too large is text. */
export function resolvePlain(text: string): string | number | boolean | null {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  const plain = text.startsWith(".") ? text : text.replaceAll("_", "");
  const integer = INTEGER.exec(plain);
  if (integer) {
    const [, sign, hex, binary, octal, decimal] = integer;
    const size =
      (hex !== undefined && Number.parseInt(hex, 16)) ||
      (binary !== undefined && Number.parseInt(binary, 2)) ||
      (octal !== undefined && Number.parseInt(octal, 8)) ||
      Number(decimal ?? 0);
    return unsignedZero(sign === "-" ? -size : size);
  }
  const float = FLOAT.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(float) ? unsignedZero(float) : text;
}

function unsignedZero(number: number): number {
  return number === 0 ? 0 : number;
}

/**
 * The value of a scalar under an explicit tag, or undefined when the text does not suit the tag or
 * the tag has no meaning in JSON. Takes `!!int` and its long form `!<tag:yaml.org,2002:int>`.
 */
export function resolveTagged(
  tag: string,
  text: string,
): string | number | boolean | null | undefined {
  const value = resolvePlain(text);
  switch (tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, "!!$1")) {
    case "!":
    case "!!str":
      return text;
    case "!!int":
      return Number.isInteger(value) ? value : undefined;
    case "!!float":
      return typeof value === "number" ? value : undefined;
    case "!!bool":
      return typeof value === "boolean" ? value : undefined;
    case "!!null":
      return value === null ? null : undefined;
    default:
      return undefined;
  }
}
