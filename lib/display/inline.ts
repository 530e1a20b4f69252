/**
 * Checks that a program can be the content of a `<script>` element.
 *
 * @throws {Error} If it contains what ends a script element.
 */
export function asScript(text: string): string {
  if (!/<\/script|<!--/i.test(text)) return text;
  throw new Error("a script of the page must not contain what ends a script element");
}

/** The source by which a content security policy allows an inline script or style. */
export async function policySource(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(bytes).toBase64()}'`;
}
