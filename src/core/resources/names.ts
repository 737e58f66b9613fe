/** The syntax of names, labels and annotations: each function says what is wrong, or nothing. */

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const WORD = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const isLabel = whole(LABEL);
const isSubdomain = whole(SUBDOMAIN);
const isWord = whole(WORD);

/** One part of a DNS name, at most 63 characters. */
export function dnsLabelProblem(text: string): string | undefined {
  if (text.length > 63) return "must be no more than 63 characters";
  if (isLabel.test(text)) return undefined;
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and " +
    "must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')"
  );
}

/** A DNS name, at most 253 characters; its parts have no limit of their own. */
export function dnsSubdomainProblem(text: string): string | undefined {
  if (text.length > 253) return "must be no more than 253 characters";
  if (isSubdomain.test(text)) return undefined;
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or " +
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com')"
  );
}

/** The key of a label or an annotation: a word, or a DNS name, `/` and a word. */
export function qualifiedNameProblem(text: string): string | undefined {
  const parts = text.split("/");
  const [prefix, name] = parts.length === 1 ? [undefined, text] : parts;
  if (parts.length > 2) return "a qualified name must have at most one '/'";
  if (prefix !== undefined) {
    const problem = prefix === "" ? "must be non-empty" : dnsSubdomainProblem(prefix);
    if (problem) return `prefix part ${problem}`;
  }
  if (!name) return "name part must be non-empty";
  if (name.length > 63) return "name part must be no more than 63 characters";
  if (isWord.test(name)) return undefined;
  return (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
    "with an alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc')"
  );
}

export function labelValueProblem(text: string): string | undefined {
  if (text.length > 63) return "must be no more than 63 characters";
  if (text === "" || isWord.test(text)) return undefined;
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

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
