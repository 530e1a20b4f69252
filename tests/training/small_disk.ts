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

const canMount = Deno.build.os === "linux" && Deno.uid() === 0 && await tryMount();

/** Registers a test with a small disk, which is skipped with a word where none can be mounted. */
export function testOnSmallDisk(name: string, work: (disk: SmallDisk) => Promise<void>): void {
  if (canMount) return testWithTensorFlow(name, () => withDisk(work));
  Deno.test({
    name: `${name} (skipped: only root can mount a disk for it)`,
    ignore: true,
    fn: () => {},
  });
}

async function withDisk(work: (disk: SmallDisk) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const small = join(folder, "small");
    await Deno.mkdir(small);
    const remount = (options: string): Promise<void> =>
      command("mount", "-o", `remount,${options}`, small);
    await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small);
    try {
      await work({
        ...{ small, folder },
        resize: (kibibytes) => remount(`size=${kibibytes}k`),
        makeReadOnly: () => remount("ro"),
        makeWritable: () => remount("rw"),
      });
    } finally {
      await command("umount", small);
    }
  });
}

/** Containers have a root that may not mount. */
async function tryMount(): Promise<boolean> {
  if (!await findLibrary()) return false;
  try {
    await withDisk(() => Promise.resolve());
    return true;
  } catch {
    return false;
  }
}

async function command(name: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
