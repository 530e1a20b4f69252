import { createHash } from "node:crypto";

/** The key of a JSON object under which {@linkcode withSeal} stores the digest of the rest. */
const sealKey = "sha256";

/**
 * Adds the SHA-256 of an object's JSON to it. A changed digit that still is JSON is found by it, while
 * another layout of the same JSON is not.
 *
 * @param before The seal of the line before, in a file with an object per line: so none can be left out.
 */
export function withSeal<T extends object>(value: T, before = ""): T & { sha256: string } {
  return { ...value, [sealKey]: digest(value, before) };
}

/** The lines of a file in which each object's seal is also that of the lines before it. */
export function withSeals<T extends object>(values: readonly T[]): (T & { sha256: string })[] {
  let before = "";
  return values.map((value) => {
    const sealed = withSeal(value, before);
    before = sealed.sha256;
    return sealed;
  });
}

/** Takes the seal from what a JSON text holds. Texts of earlier versions have none, and are whole. */
export function openSeal(
  value: unknown,
  before = "",
): { readonly content: unknown; readonly seal: string; readonly isWhole: boolean } {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, sealKey)) {
    return { content: value, seal: "", isWhole: true };
  }
  const { [sealKey]: seal, ...content } = value as Record<string, unknown>;
  return { content, seal: String(seal), isWhole: seal === digest(content, before) };
}

function digest(value: object, before: string): string {
  return createHash("sha256").update(before).update(JSON.stringify(value)).digest("hex");
}
