import { join } from "@std/path";
import { replaceFile } from "../../files/replace_file.ts";
import { toJson } from "../../files/write.ts";
import { type Packages, readyEnvironment } from "../../python/environment.ts";
import { projectFolder } from "../../project_folder.ts";

/** JupyterLab's virtual environment: removed with the project, and found by VS Code there. */
const environmentFolder = join(projectFolder, ".venv");

/** JupyterLab, and the extension with which its figures are interactive. */
const packages: Packages = { jupyterlab: "4.6.6", plotly: "7.1.0" };

/** What {@linkcode readyJupyter} did. */
export interface Jupyter {
  /** The virtual environment's interpreter. */
  readonly python: string;
  /** What Jupyter's programs need to find in their environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How {@linkcode readyJupyter} works. */
export interface JupyterOptions {
  /** Packages beside JupyterLab. */
  readonly extra?: Packages;
  /** Told before something is installed, with what pip is given; may throw to refuse. */
  readonly onInstall: (pins: readonly string[], folder: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Readies JupyterLab with this Deno as its kernel, all of it in the project's own `.venv`: neither
 * the user's Jupyter nor the home folder is read or changed.
 *
 * @throws {PythonError} Where there is no Python 3 with pip, or pip fails.
 */
export async function readyJupyter(
  { extra = {}, onInstall, signal }: JupyterOptions,
): Promise<Jupyter> {
  const python = await readyEnvironment(environmentFolder, {
    packages: { ...packages, ...extra },
    onInstall: (pins) => onInstall(pins, environmentFolder),
    ...(signal ? { signal } : {}),
  });
  const share = join(environmentFolder, "share", "jupyter");
  await replaceFile(join(share, "kernels", "deno", "kernel.json"), toJson(kernelSpec()));
  await replaceFile(join(share, "lab", "settings", "overrides.json"), toJson(labSettings));
  const own = join(environmentFolder, "jupyter");
  return {
    python,
    env: {
      JUPYTER_CONFIG_DIR: join(own, "config"),
      JUPYTER_DATA_DIR: join(own, "data"),
      JUPYTER_RUNTIME_DIR: join(own, "runtime"),
      IPYTHONDIR: join(own, "ipython"),
      // A kernel of the same name elsewhere does not stand in for this one.
      JUPYTER_PREFER_ENV_PATH: "1",
    },
  };
}

/** Names the Deno that runs this: it need not be installed, and npm may move it between two calls. */
function kernelSpec(): Record<string, unknown> {
  return {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    env: {
      // Outputs are kept in files: no colours of terminals.
      NO_COLOR: "1",
      // VGG16's weights and what training needs besides outgrow V8's default.
      DENO_V8_FLAGS: "--max-old-space-size=6000",
    },
  };
}

/** JupyterLab asks no question at its first start, and looks for no news. */
const labSettings = {
  "@jupyterlab/apputils-extension:notification": {
    fetchNews: "false",
    checkForUpdates: false,
    doNotDisturbMode: true,
  },
};
