import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Parser } from "tar";
import config from "../../deno.json" with { type: "json" };

const root = fileURLToPath(new URL("../../", import.meta.url));
const { name, version, exports } = config;

/** A registry like JSR on this machine. It has this project, as `deno publish` sends it. */
export interface Registry {
  /** For the variable `JSR_URL`. */
  readonly url: string;
  /** The paths of the package's files. */
  readonly files: readonly string[];
  close(): Promise<void>;
}

/**
 * Publishes this project to a new registry on this machine. Deno itself packs it, and rewrites its
 * imports as it does for JSR.
 */
export async function publish(): Promise<Registry> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => respond(request, files),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--quiet", "--no-check", "--allow-dirty", "--no-provenance", "--token=local"],
    cwd: root,
    env: { JSR_URL: url, NO_COLOR: "1" },
  }).output();
  if (!success || files.size === 0) {
    await server.shutdown();
    throw new Error(`deno publish failed: ${new TextDecoder().decode(stderr)}`);
  }
  return { url, files: [...files.keys()], close: () => server.shutdown() };
}

async function respond(
  request: Request,
  files: Map<string, Uint8Array<ArrayBuffer>>,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === "POST") {
    for (const [path, bytes] of await unpack(await request.bytes())) files.set(path, bytes);
  }
  if (pathname.endsWith(`/versions/${version}`) && files.size === 0) {
    return Response.json({ code: "packageVersionNotFound", message: "" }, { status: 404 });
  }
  if (pathname.startsWith("/api/")) {
    return Response.json({ id: "local", status: "success", error: null });
  }
  const inPackage = pathname.slice(`/${name}/`.length);
  if (inPackage === "meta.json") {
    return Response.json({ scope: "vggnet", name: "vgg", versions: { [version]: {} } });
  }
  if (inPackage === `${version}_meta.json`) {
    return files.size === 0 ? notFound() : Response.json({ exports, manifest: manifest(files) });
  }
  const bytes = files.get(inPackage.slice(version.length));
  return bytes
    ? new Response(bytes, { headers: { "content-type": typeOf(pathname) } })
    : notFound();
}

function notFound(): Response {
  return new Response(null, { status: 404 });
}

/** The media types by which Deno knows what a module is. */
function typeOf(path: string): string {
  const types = {
    ts: "text/typescript",
    js: "text/javascript",
    json: "application/json",
    wasm: "application/wasm",
  };
  return types[path.slice(path.lastIndexOf(".") + 1) as keyof typeof types] ??
    "application/octet-stream";
}

function manifest(files: ReadonlyMap<string, Uint8Array>): Record<string, unknown> {
  const entries = [...files].map(([path, bytes]) => {
    const digest = createHash("sha256").update(bytes).digest("hex");
    return [path, { size: bytes.length, checksum: `sha256-${digest}` }];
  });
  return Object.fromEntries(entries);
}

async function unpack(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const entries: Promise<readonly [string, Uint8Array<ArrayBuffer>]>[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const path = `/${entry.path.replace(/^\.?\//, "")}`;
      entries.push(entry.concat().then((bytes) => [path, new Uint8Array(bytes)] as const));
    },
  });
  parser.on("end", resolve).on("error", reject);
  parser.end(Buffer.from(archive));
  await promise;
  return new Map(await Promise.all(entries));
}
