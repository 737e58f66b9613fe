/** What the server proves itself by, and what clients prove themselves by; made once and kept. */

import { randomBytes, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate, type SubjectAltNameEntry } from "selfsigned";

/** What the server and its clients know each other by. */
export interface Credentials {
  /** The certificate of the authority that clients trust; PEM, as are the others. */
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
  readonly token: string;
}

const DAY_MS = 24 * 3600 * 1000;
const VALID_DAYS = 3650;
/** Certificates that end sooner are made anew. */
const RENEW_BEFORE_DAYS = 30;
const NAMES: SubjectAltNameEntry[] = [
  { type: 2, value: "localhost" },
  { type: 7, ip: "127.0.0.1" },
  { type: 7, ip: "::1" },
];

/**
 * The credentials kept in `directory`, which is made if need be; what is missing or about to expire
 * is made anew. `now` in milliseconds. Nothing in there is readable by others.
 */
export async function loadCredentials(directory: string, now: number): Promise<Credentials> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(directory, name);
  const [authority, cert, key] = ["ca.crt", "server.crt", "server.key"].map((name) =>
    existsSync(file(name)) ? readFileSync(file(name), "utf8") : "",
  );
  const token = existsSync(file("token")) ? readFileSync(file("token"), "utf8").trim() : "";
  const found = { authority: authority ?? "", cert: cert ?? "", key: key ?? "", token };
  if (isUsable(found, now) && token !== "") return found;
  const made = {
    ...(isUsable(found, now) ? found : await makeCertificates(now)),
    token: token || randomBytes(32).toString("base64url"),
  };
  writePrivately(file("ca.crt"), made.authority);
  writePrivately(file("server.crt"), made.cert);
  writePrivately(file("server.key"), made.key);
  writePrivately(file("token"), `${made.token}\n`);
  return made;
}

/** Replaces a file at once, readable by its owner only. */
export function writePrivately(path: string, text: string): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}

function isUsable(found: Omit<Credentials, "token">, now: number): boolean {
  try {
    const server = new X509Certificate(found.cert);
    const authority = new X509Certificate(found.authority);
    const ends = Math.min(Date.parse(server.validTo), Date.parse(authority.validTo));
    return (
      found.key !== "" && server.checkIssued(authority) && ends > now + RENEW_BEFORE_DAYS * DAY_MS
    );
  } catch {
    return false;
  }
}

/** An authority whose key is thrown away, and a server's certificate that it signed. */
async function makeCertificates(now: number): Promise<Omit<Credentials, "token">> {
  const common = {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
  } as const;
  const authority = await generate([{ name: "commonName", value: "picket-ca" }], {
    ...common,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "picket" }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: NAMES },
    ],
  });
  return { authority: authority.cert, cert: server.cert, key: server.private };
}
