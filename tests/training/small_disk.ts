import { join } from "@std/path";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";

/** A disk in memory, mounted for one test. */
export interface SmallDisk {
  /** Its folder, and one beside it on an ordinary disk. */
  readonly small: string;
  readonly folder: string;
  resize(kibibytes: number): Promise<void>;
  makeReadOnly(): Promise<void>;
  makeWritable(): Promise<void>;
}

const hasLibrary = Boolean(await findLibrary());

/** Whether this user may mount a disk. */
export const canMount = Deno.build.os === "linux" && Deno.uid() === 0 && await tryMount();

/** Registers a test with a small disk, which is skipped with a word where none can be mounted. */
export function testOnSmallDisk(name: string, work: (disk: SmallDisk) => Promise<void>): void {
  if (canMount && hasLibrary) {
    return testWithTensorFlow(name, () => inFolder((folder) => withDisk(work, folder)));
  }
  Deno.test({
    name: `${name} (skipped: only root can mount a disk for it)`,
    ignore: true,
    fn: () => {},
  });
}

/** Mounts a disk of a mebibyte in a folder. */
export async function withDisk<T>(
  work: (disk: SmallDisk) => Promise<T>,
  folder: string,
): Promise<T> {
  const small = join(folder, "small");
  await Deno.mkdir(small);
  const remount = (options: string): Promise<void> =>
    command("mount", "-o", `remount,${options}`, small);
  await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small);
  try {
    return await work({
      ...{ small, folder },
      resize: (kibibytes) => remount(`size=${kibibytes}k`),
      makeReadOnly: () => remount("ro"),
      makeWritable: () => remount("rw"),
    });
  } finally {
    await command("umount", small);
  }
}

/** Containers have a root that may not mount. */
async function tryMount(): Promise<boolean> {
  try {
    await inFolder((folder) => withDisk(() => Promise.resolve(), folder));
    return true;
  } catch {
    return false;
  }
}

async function command(name: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
