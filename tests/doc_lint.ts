/**
 * Checks the documentation of the entries by `deno doc --lint`: every exported name and member has a
 * comment, an explicit type, and only types that an entry exports as well. Findings in the types of
 * npm packages, which this project cannot mend, are left out.
 */
import { join } from "@std/path";
import config from "../deno.json" with { type: "json" };

/** Types of packages that public functions of this project take or give. */
const foreignTypes = new Set([
  // TensorFlow.js.
  ...["LayersModel", "NamedTensorMap", "Tensor", "Tensor1D", "Tensor2D", "Tensor4D"],
  // What tfjs-node exports, and the versions of its packages.
  ...["node", "version"],
  // Plotly.
  ...["Data", "Layout"],
]);

const root = join(import.meta.dirname ?? ".", "..");

/** The findings, a text for each. */
export async function lintDocs(): Promise<readonly string[]> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--quiet", "--lint", ...Object.values(config.exports)],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  if (!/^(error|Checked)/m.test(text)) throw new Error(`deno doc --lint said nothing: ${text}`);
  return text.split(/^(?=error)/m).filter(isOwn);
}

function isOwn(finding: string): boolean {
  if (!finding.startsWith("error[") || /^ *--> .*node_modules/m.test(finding)) return false;
  // `deno doc` reads no comment for a package's namespace that is exported again, such as `tf`.
  if (/^error\[missing-jsdoc\].*\n.*\n.*\n.*\bimport \* as \w+ from "/.test(finding)) return false;
  const [, type] = /references private type '(\w+)'/.exec(finding) ?? [];
  return type === undefined || !foreignTypes.has(type);
}

if (import.meta.main) {
  const findings = await lintDocs();
  // deno-lint-ignore no-console -- the result of a program.
  for (const finding of findings) console.error(finding);
  Deno.exit(findings.length > 0 ? 1 : 0);
}
