/**
 * Fills bytes with those of a file from a position on.
 *
 * @throws {Deno.errors.UnexpectedEof} Where the file ends before.
 */
export async function readAt<Buffer extends ArrayBufferLike>(
  file: Deno.FsFile,
  position: number,
  into: Uint8Array<Buffer>,
): Promise<Uint8Array<Buffer>> {
  await file.seek(position, Deno.SeekMode.Start);
  for (let got = 0; got < into.length;) {
    const count = await file.read(into.subarray(got));
    if (count === null) throw new Deno.errors.UnexpectedEof("the file ends early");
    got += count;
  }
  return into;
}
