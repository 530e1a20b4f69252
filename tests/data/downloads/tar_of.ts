import { Buffer } from "node:buffer";
import { Header } from "tar";

/** An entry of a tar archive, as its header says it, right or wrong. */
export interface TarEntry {
  readonly path: string;
  readonly type?:
    | "File"
    | "Directory"
    | "SymbolicLink"
    | "Link"
    | "CharacterDevice"
    | "FIFO"
    | "ExtendedHeader";
  readonly linkpath?: string;
  readonly content?: string | Uint8Array;
  /** Where the header says another size than the content has. */
  readonly size?: number;
}

const block = 512;

/** The bytes of a tar archive: a library that packs would refuse most of what tests need. */
export function tarOf(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap(({ path, type = "File", linkpath, content = "", size }) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const header = Buffer.alloc(block);
    new Header({
      ...{ path, type, mode: 0, uid: 0, gid: 0, mtime: new Date(0) },
      size: size ?? bytes.length,
      ...(linkpath === undefined ? {} : { linkpath }),
    }).encode(header, 0);
    const padded = new Uint8Array(Math.ceil(bytes.length / block) * block);
    padded.set(bytes);
    return [header, padded];
  });
  const archive = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 2 * block));
  let at = 0;
  for (const part of parts) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}
