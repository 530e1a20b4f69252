import { join } from "@std/path";
import assert from "node:assert/strict";
import { explainFailure } from "../../../lib/files/remote/explain_failure.ts";
import { fetchFile } from "../../../lib/files/remote/fetch_file.ts";
import { inFolder } from "../../in_folder.ts";
import { outputOf } from "../../output_of.ts";

const retry = { idleTimeout: 5000, attempts: 2, delay: 1, maxDelay: 1 };
const digest = { algorithm: "sha256", value: "0".repeat(64) } as const;

/** The message of a fetch that fails, and the lines about attempts that are repeated. */
async function failure(url: string): Promise<{ message: string; told: string[] }> {
  const told: string[] = [];
  const onMessage = (line: string): number => told.push(line);
  let message = "";
  await inFolder(async (folder) => {
    const file = { name: "the file", url, bytes: 9, digest };
    await fetchFile(file, join(folder, "part"), { retry, onMessage }).catch((error: Error) => {
      message = error.message;
    });
  });
  return { message, told };
}

/** Runs with variables of the environment, and with no proxy of the machine's. */
async function withVariables(set: Record<string, string>, use: () => Promise<void>): Promise<void> {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
    .flatMap((name) => [name, name.toLowerCase()]);
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of names) Deno.env.delete(name);
  for (const [name, value] of Object.entries(set)) Deno.env.set(name, value);
  try {
    await use();
  } finally {
    for (const name of names) Deno.env.delete(name);
    for (const [name, value] of before) if (value !== undefined) Deno.env.set(name, value);
  }
}

Deno.test("fetchFile() tells that a name is not found, and that a port is closed", () =>
  withVariables({}, async () => {
    const unknown = await failure("http://nowhere.invalid/file");
    assert.match(unknown.message, /cannot be reached: dns error: /);
    assert.match(
      unknown.message,
      /; behind a proxy, set HTTPS_PROXY .*; without a connection, put/,
    );
    assert.equal(unknown.told.length, 1);

    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const closed = await failure(`http://127.0.0.1:${port}/file`);
    assert.match(closed.message, /cannot be reached: tcp connect error: Connection refused/);
  }));

Deno.test("fetchFile() names the proxy that the environment sets, without its password", () =>
  withVariables({ HTTPS_PROXY: "http://me:secret@proxy.invalid:8080" }, async () => {
    const { message } = await failure("https://example.invalid/file");
    assert.match(message, /goes through HTTPS_PROXY=http:\/\/proxy\.invalid:8080: check it, or/);
    assert.doesNotMatch(message, /secret/);
    const error = new TypeError("fetch failed", { cause: new Error("dns error: unknown") });
    assert.match(explainFailure(error, "http://a.org/").advice!, /set HTTPS_PROXY/);
    Deno.env.set("NO_PROXY", "a.org");
    assert.match(explainFailure(error, "https://a.org/").advice!, /set HTTPS_PROXY/);
  }));

const openssl = async (cwd: string, ...args: string[]): Promise<boolean> => {
  const command = new Deno.Command("openssl", { args, cwd, stdout: "null", stderr: "null" });
  return (await outputOf(command))?.success === true;
};
const hasOpenssl = await openssl(".", "version");

Deno.test({
  name: "fetchFile() tells of a certificate that nobody trusts, once" +
    (hasOpenssl ? "" : " (skipped: no openssl)"),
  ignore: !hasOpenssl,
  fn: () =>
    inFolder((folder) =>
      withVariables({}, async () => {
        const key = (name: string): string[] =>
          `-newkey rsa:2048 -nodes -keyout ${name}.key -subj /CN=${name}`.split(" ");
        await openssl(folder, "req", "-x509", ...key("authority"), "-out", "authority.pem");
        await openssl(folder, "req", ...key("server"), "-out", "server.csr");
        await Deno.writeTextFile(join(folder, "names"), "subjectAltName=IP:127.0.0.1\n");
        const sign = "x509 -req -in server.csr -CA authority.pem -CAkey authority.key " +
          "-CAcreateserial -extfile names -out server.pem";
        assert.ok(await openssl(folder, ...sign.split(" ")));
        const server = Deno.serve({
          hostname: "127.0.0.1",
          port: 0,
          cert: await Deno.readTextFile(join(folder, "server.pem")),
          key: await Deno.readTextFile(join(folder, "server.key")),
          onListen: () => {},
        }, () => new Response("file"));
        try {
          const { message, told } = await failure(`https://127.0.0.1:${server.addr.port}/file`);
          assert.match(
            message,
            /invalid peer certificate: UnknownIssuer; .*DENO_TLS_CA_STORE=system/,
          );
          assert.deepEqual(told, []); // Trying again would not help.
        } finally {
          await server.shutdown();
        }
      })
    ),
});

Deno.test("explainFailure() tells an expired certificate from an unknown one", () => {
  const caused = (message: string): Error => new TypeError("failed", { cause: new Error(message) });
  const expired = explainFailure(caused("invalid peer certificate: Expired"), "https://a.org/");
  assert.equal(expired.advice, "check this machine's clock");
  assert.equal(explainFailure("odd", "https://a.org/").reason, "odd");
});
