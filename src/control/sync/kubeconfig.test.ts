import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { KubeconfigError, readKubeconfig } from "./kubeconfig.ts";

const kubeconfig = (user: string): string => `
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:6443/" } }]
users: [{ name: u, user: ${user} }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a kubeconfig", () => {
  let directory = "";
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "picket-kubeconfig-"));
    writeFileSync(join(directory, "token"), "abc\n");
    writeFileSync(join(directory, "key.pem"), "KEY");
  });
  after(() => rmSync(directory, { recursive: true }));

  const read = (user: string) => {
    const path = join(directory, "config");
    writeFileSync(path, kubeconfig(user));
    return readKubeconfig(path);
  };

  it("proves us by a token, in it or in a file beside it", () => {
    assert.equal(read("{ token: t }").token, "t");
    assert.equal(read("{ tokenFile: token }").token, "abc");
  });

  it("proves us by a certificate and its key, in it or in files beside it", () => {
    const certificate = `client-certificate-data: ${base64("CERT")}`;
    const wanted = { certificate: "CERT", key: "KEY" };
    assert.deepEqual(read(`{ ${certificate}, client-key: key.pem }`).client, wanted);
    const inline = `{ ${certificate}, client-key-data: ${base64("KEY")} }`;
    assert.deepEqual(read(inline).client, wanted);
  });

  it("is refused where another program would have to sign us in, or a file is missing", () => {
    const refuses = (user: string, message: RegExp) =>
      assert.throws(
        () => read(user),
        (error) => {
          assert.ok(error instanceof KubeconfigError);
          assert.match(error.message, message);
          return true;
        },
      );
    refuses("{ exec: { command: aws } }", /signs in by exec: want a token or a client certificate/);
    refuses("{ client-key: none.pem, client-certificate: none.pem }", /none\.pem cannot be read/);
  });
});
