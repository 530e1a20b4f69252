import assert from "node:assert/strict";
import { reservedName } from "../../lib/files/reserved_names.ts";
import { requireNames, WriteError } from "../../lib/files/write.ts";

// The names are those of Microsoft's page "Naming Files, Paths, and Namespaces".
for (
  const [path, name] of [
    ["runs/CON", "CON"],
    ["runs/aux.photos", "aux.photos"],
    ["C:\\runs\\nul \\a", "nul "],
    ["lpt9", "lpt9"],
    ["COM¹.txt", "COM¹.txt"],
    ["runs/photos:1", "photos:1"],
    ["runs/what?", "what?"],
    ["runs/end.", "end."],
    ["runs/end /a", "end "],
    ["a\tb", "a\tb"],
  ] as const
) {
  Deno.test(`reservedName() finds ${JSON.stringify(name)} in ${JSON.stringify(path)}`, () =>
    assert.equal(reservedName(path), name));
}

Deno.test("reservedName() allows what Windows allows", () => {
  for (
    const path of [
      ...["C:\\Users\\Größe\\runs\\a", "c:runs", "..\\runs", "./runs/.lock", "runs/con-20261130"],
      ...[
        "\\\\?\\C:\\runs",
        "\\\\server\\share\\runs",
        "console",
        "com10",
        "a/nul-2",
        "a b.c",
        "/",
        "",
      ],
    ]
  ) assert.equal(reservedName(path), undefined, path);
});

Deno.test("only Windows refuses the names that it reserves", () => {
  requireNames("runs/CON", "linux");
  assert.throws(
    () => requireNames("runs/CON", "windows"),
    new WriteError("runs/CON cannot be written: Windows reserves the name CON"),
  );
});
