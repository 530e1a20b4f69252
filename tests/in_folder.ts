/** Runs a test in a new folder, which is removed afterwards. */
export async function inFolder(
  work: (folder: string) => Promise<void>,
  /** Whether something in it stays open: Windows then removes it only when this process has ended. */
  { staysOpen = false }: { readonly staysOpen?: boolean } = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch((error) => {
      if (!staysOpen || Deno.build.os !== "windows") throw error;
    });
  }
}
