/** A file cannot be written; the message is one line for the user. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}

/** What the system's codes say. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the user's share of the disk is used up",
  EROFS: "the disk is read-only",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
};

/**
 * Does work that writes to a path.
 *
 * @throws {WriteError} Where the system does not let it; other errors as they are.
 */
export async function writingTo<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasons[(error as { code?: unknown } | undefined)?.code as string];
    throw reason ? new WriteError(`${path} cannot be written: ${reason}`) : error;
  }
}
