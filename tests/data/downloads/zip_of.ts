import { Buffer } from "node:buffer";
import { crc32, deflateRawSync } from "node:zlib";

/** A member of a zip archive, as its headers say it, right or wrong. */
export interface ZipMember {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** 8 (deflate) by default; 0 stores. */
  readonly method?: number;
  /** Unix's mode, such as 0o120777 for a link. */
  readonly mode?: number;
  /** Where the headers say another size than the content has. */
  readonly size?: number;
  /** Where they say another checksum. */
  readonly sum?: number;
  readonly flags?: number;
}

/** The bytes of a zip archive: a library that packs would refuse most of what tests need. */
export function zipOf(members: readonly ZipMember[]): Uint8Array<ArrayBuffer> {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const member of members) {
    const { path, content = "", method = 8, mode = 0o100644, flags = 0 } = member;
    const bytes = Buffer.from(content as Uint8Array);
    const raw = method === 8 ? deflateRawSync(bytes) : bytes;
    const name = Buffer.from(path);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(member.sum ?? crc32(bytes), 0);
    sizes.writeUInt32LE(raw.length, 4);
    sizes.writeUInt32LE(member.size ?? bytes.length, 8);
    // Version, flags, method, time and date: the same in both headers.
    const common = Buffer.alloc(10);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(name.length, 0);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(mode * 2 ** 16, 6);
    end.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, sizes, lengths, name, raw]);
    // Made by Unix, whose modes the attributes are.
    const made = Buffer.from([20, 3]);
    directory.push(
      Buffer.concat([Buffer.from("PK\x01\x02"), made, common, sizes, lengths, end, name]),
    );
    parts.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const last = Buffer.alloc(22);
  last.write("PK\x05\x06", 0, "latin1");
  last.writeUInt16LE(members.length, 8);
  last.writeUInt16LE(members.length, 10);
  last.writeUInt32LE(list.length, 12);
  last.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...parts, list, last]));
}
