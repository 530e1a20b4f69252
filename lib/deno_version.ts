/** The oldest Deno, as major and minor version, that has all that this project calls. */
const oldest = [2, 9] as const;

/**
 * Returns the line that tells the user of an older Deno what to do, or `undefined` if this one will do.
 *
 * @param version As in `Deno.version.deno`.
 * @param command The words behind `deno`, such as `task train`.
 */
export function tooOldDeno(version: string, command: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map((part) => parseInt(part));
  if (major > oldest[0] || major === oldest[0] && minor >= oldest[1]) return undefined;
  return `Deno ${oldest.join(".")} or newer is needed; this is ${version}: deno upgrade, or ` +
    `npx deno@latest ${command}`;
}
