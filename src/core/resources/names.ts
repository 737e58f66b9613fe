/** The syntax of names, labels and annotations: each function says what is wrong, or nothing. */

/** No text can be split in two ways, so these take time linear in it. */
const LABEL = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/;
const SUBDOMAIN = /^[a-z0-9]+(?:(?:-+|\.)[a-z0-9]+)*$/;
const WORD = /^[A-Za-z0-9]+(?:[-_.]+[A-Za-z0-9]+)*$/;

/** One part of a DNS name, at most 63 characters. */
export function dnsLabelProblem(text: string): string | undefined {
  if (text.length > 63) return "must be no more than 63 characters";
  if (LABEL.test(text)) return undefined;
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and " +
    "must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')"
  );
}

/** A DNS name, at most 253 characters; its parts have no limit of their own. */
export function dnsSubdomainProblem(text: string): string | undefined {
  if (text.length > 253) return "must be no more than 253 characters";
  if (SUBDOMAIN.test(text)) return undefined;
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or " +
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com')"
  );
}

/** The key of a label or an annotation: a word, or a DNS name, `/` and a word. */
export function qualifiedNameProblem(text: string): string | undefined {
  const slash = text.indexOf("/");
  const name = text.slice(slash + 1);
  if (name.includes("/")) return "a qualified name must have at most one '/'";
  if (slash >= 0) {
    const problem = slash === 0 ? "must be non-empty" : dnsSubdomainProblem(text.slice(0, slash));
    if (problem) return `prefix part ${problem}`;
  }
  if (!name) return "name part must be non-empty";
  if (name.length > 63) return "name part must be no more than 63 characters";
  if (WORD.test(name)) return undefined;
  return (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
    "with an alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc')"
  );
}

export function labelValueProblem(text: string): string | undefined {
  if (text.length > 63) return "must be no more than 63 characters";
  if (text === "" || WORD.test(text)) return undefined;
  return (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or " +
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue', or '12345')"
  );
}

/** The name of a port, as IANA registers services. */
export function portNameProblem(text: string): string | undefined {
  if (text.length > 15) return "must be no more than 15 characters";
  if (!/^[-a-z0-9]+$/.test(text)) {
    return "must contain only lower case alphanumeric characters (a-z, 0-9), and hyphens (-)";
  }
  if (!/[a-z]/.test(text)) return "must contain at least one letter (a-z)";
  if (text.includes("--")) return "must not contain consecutive hyphens";
  if (/^-|-$/.test(text)) return "must not begin or end with a hyphen";
  return undefined;
}

/** The name of a network interface of a host, or `*` for every interface. */
export function interfaceNameProblem(text: string): string | undefined {
  if (text === "*" || /^[a-zA-Z0-9_.-]{1,15}$/.test(text)) return undefined;
  return "must be '*' or at most 15 of the characters a-z, A-Z, 0-9, '_', '.' and '-'";
}
