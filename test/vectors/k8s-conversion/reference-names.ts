/** What only the reference calls by these names: keys and ids that Picket has no use for. */

/**
 * The uid of what is made of a Kubernetes object: the bits of each byte reversed, but two bytes'.
 * Undefined for a text that is no UUID.
 */
export function derivedUid(uid: string): string | undefined {
  if (!isUuid(uid)) return undefined;
  const bytes = uid.replaceAll("-", "").match(/../g) ?? [];
  // They hold the version and the variant.
  const kept = [6, 8];
  const reversed = bytes.map((byte, i) => (kept.includes(i) ? byte : reversedByte(byte)));
  const text = reversed.join("");
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([a, b]) => text.slice(a, b))
    .join("-");
}

export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

function reversedByte(hex: string): string {
  const bits = Number.parseInt(hex, 16).toString(2).padStart(8, "0");
  const turned = [...bits].reverse().join("");
  return Number.parseInt(turned, 2).toString(16).padStart(2, "0");
}

/** The namespace of a profile's name; undefined when it is not a namespace's. */
export function namespaceOfProfile(profile: string): string | undefined {
  return profile.startsWith("kns.") ? profile.slice("kns.".length) : undefined;
}

/** The account of a profile's name; undefined when it is not a service account's. */
export function accountOfProfile(
  profile: string,
): { readonly namespace: string; readonly serviceAccount: string } | undefined {
  const [prefix, namespace, ...name] = profile.split(".");
  if (prefix !== "ksa" || namespace === undefined || name.length === 0) return undefined;
  return { namespace, serviceAccount: name.join(".") };
}

/**
 * The parts of a workload endpoint's name, as far as it goes; a doubled `-` is one of the part.
 * Undefined for no name.
 */
export function workloadNameParts(name: string): Readonly<Record<string, string>> | undefined {
  if (name === "") return undefined;
  const parts = name
    .replaceAll("--", "\0")
    .split("-")
    .map((part) => part.replaceAll("\0", "-"));
  const [Node = "", Orchestrator = "", Pod = "", Endpoint = ""] = parts;
  return { Node, Orchestrator, Pod, Endpoint };
}
