/** Names of devices, which Windows opens in place of a file, whatever the ending. */
const devices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\s*\..*)?$/i;

/** Characters that no file name of Windows has. `\` and `/` end a name there. */
// deno-lint-ignore no-control-regex -- Windows refuses them too.
const refused = /[<>:"|?*\u0000-\u001f]/;

/**
 * Finds in a path a name that Windows would take for something else than a file of this name: a device
 * (`CON`), a stream of another file (`a:b`), or a name without the dots and spaces at its end.
 *
 * @returns The name; `undefined` if there is none.
 */
export function reservedName(path: string): string | undefined {
  const names = path.replace(/^([\\/]{2}[?.][\\/])?([a-z]:)?/i, "").split(/[\\/]/);
  return names.find((name) =>
    devices.test(name.trimEnd()) || refused.test(name) ||
    /[. ]$/.test(name) && name !== "." && name !== ".."
  );
}
