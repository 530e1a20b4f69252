import { articleClasses } from "../../../lib/data/sources/class_names.ts";
import { type TarEntry, tarOf } from "./tar_of.ts";

/** The bytes of something that begins like a JPEG file, another for each number. */
export function jpeg(classId: string, number: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(`${classId} ${number} `.repeat(20));
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...text]);
}

/** An archive as ImageNet makes them: images in no folder. */
export function synset(
  classId: string,
  images: number,
  others: readonly TarEntry[] = [],
): Uint8Array<
  ArrayBuffer
> {
  const entries = Array.from({ length: images }, (_, number) => ({
    path: `${classId}_${number}.JPEG`,
    content: jpeg(classId, number),
  }));
  return tarOf([...entries, ...others]);
}

/** The archives of all of the article's classes, each of `images` images. */
export function synsets(images: number): Map<string, Uint8Array<ArrayBuffer>> {
  return new Map(articleClasses.map(({ id }) => [id, synset(id, images)]));
}

/** What a server was asked: `GET n02909870 0`, with the first byte. */
type Requests = string[];

/** Runs with a server of archives, which knows ranges; what is not in the map is missing. */
export async function withSynsets(
  archives: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  use: (base: string, requests: Requests) => Promise<void>,
  answer: (id: string, start: number) => Response | undefined = () => undefined,
): Promise<void> {
  const requests: Requests = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const id = /(n\d{8})\.tar$/.exec(new URL(request.url).pathname)?.[1] ?? "";
    const start = Number(/\d+/.exec(request.headers.get("range") ?? "0")?.[0]);
    requests.push(`${request.method} ${id} ${start}`);
    const bytes = archives.get(id);
    if (!bytes) return new Response("no such file", { status: 404 });
    const odd = request.method === "GET" ? answer(id, start) : undefined;
    if (odd) return odd;
    const headers = { "content-length": String(bytes.length - start) };
    if (request.method === "HEAD") return new Response(null, { headers });
    if (start === 0) return new Response(bytes, { headers });
    const range = start < bytes.length ? `${start}-${bytes.length - 1}` : "*";
    return new Response(start < bytes.length ? bytes.slice(start) : null, {
      status: start < bytes.length ? 206 : 416,
      headers: { "content-range": `bytes ${range}/${bytes.length}` },
    });
  });
  try {
    await use(`http://127.0.0.1:${server.addr.port}/`, requests);
  } finally {
    await server.shutdown();
  }
}
