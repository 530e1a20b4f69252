import { join } from "@std/path";
import { replaceFile } from "../../files/replace_file.ts";
import { toJson } from "../../files/write.ts";
import { requireClone } from "../../project_folder.ts";
import type { OnActivity } from "../../display/activity.ts";
import { readyEnvironment } from "../../python/environment.ts";
import { kernelSpec } from "./kernel_spec.ts";

/** JupyterLab's virtual environment. In the project folder VS Code finds it, and it goes with the project. */
const environmentFolder = join(requireClone("the notebooks"), ".venv");

/** The folder whose requirements are JupyterLab, and the extension that makes figures interactive. */
const ownRequirements = import.meta.dirname!;

/** A Jupyter environment, ready to run. */
export interface Jupyter {
  /** The path of the virtual environment's interpreter. */
  readonly python: string;
  /** The environment variables that Jupyter's programs need. */
  readonly env: Readonly<Record<string, string>>;
}

/** How {@linkcode readyJupyter} works. */
export interface JupyterOptions {
  /** Folders with the requirements of packages to install in addition to JupyterLab. */
  readonly extra?: readonly string[];
  /** Called with pip's requirements before anything is installed; may throw to refuse. */
  readonly onInstall: (pins: readonly string[], folder: string) => void;
  /** Called while packages are downloaded and installed. */
  readonly onPrepare?: OnActivity;
  readonly signal?: AbortSignal;
}

/**
 * Installs JupyterLab, with this Deno as its kernel, into the project's `.venv`. It neither reads nor
 * changes the user's Jupyter and home folder.
 *
 * @throws {PythonError} If there is no Python 3 with pip, or pip fails.
 */
export async function readyJupyter(
  { extra = [], onInstall, onPrepare, signal }: JupyterOptions,
): Promise<Jupyter> {
  const python = await readyEnvironment(environmentFolder, {
    requirements: [ownRequirements, ...extra],
    minPython: "3.10",
    onInstall: (pins) => onInstall(pins, environmentFolder),
    onPrepare,
    ...(signal ? { signal } : {}),
  });
  const share = join(environmentFolder, "share", "jupyter");
  await replaceFile(join(share, "kernels", "deno", "kernel.json"), toJson(kernelSpec(python)));
  await replaceFile(join(share, "lab", "settings", "overrides.json"), toJson(labSettings));
  const home = join(environmentFolder, "jupyter");
  await replaceFile(join(home, "config", "jupyter_config.json"), toJson(exportSettings));
  await copyOwn("notebook.css", join(home, "config", "custom", "custom.css"));
  const template = join(share, "nbconvert", "templates", exportTemplate);
  await replaceFile(join(template, "conf.json"), toJson({ base_template: "lab" }));
  await copyOwn("export.html.j2", join(template, "index.html.j2"));
  return {
    python,
    env: {
      JUPYTER_CONFIG_DIR: join(home, "config"),
      JUPYTER_DATA_DIR: join(home, "data"),
      JUPYTER_RUNTIME_DIR: join(home, "runtime"),
      IPYTHONDIR: join(home, "ipython"),
      // Prefers this kernel to one of the same name elsewhere.
      JUPYTER_PREFER_ENV_PATH: "1",
    },
  };
}

/** Copies a file of this folder to where Jupyter reads it. */
async function copyOwn(name: string, target: string): Promise<void> {
  await replaceFile(target, await Deno.readFile(join(import.meta.dirname!, name)));
}

/** The name of the template for HTML. Those of slides are their exporter's own. */
const exportTemplate = "vggnet";
const exportSettings = {
  HTMLExporter: { template_name: exportTemplate },
  SlidesExporter: { template_name: "reveal" },
};

/** Stops JupyterLab from asking questions at its first start and from fetching news. */
const labSettings = {
  "@jupyterlab/apputils-extension:notification": {
    fetchNews: "false",
    checkForUpdates: false,
    doNotDisturbMode: true,
  },
};
