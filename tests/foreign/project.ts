import { dirname, join } from "@std/path";

/** How a program of a foreign project ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A project in a folder outside of this one, which gets this one's package from a registry. */
export interface ForeignProject extends AsyncDisposable {
  readonly folder: string;
  /** The packages' cache, in which nothing of this project is before the first program. */
  readonly cache: string;
  write(files: Readonly<Record<string, string | object>>): Promise<void>;
  /** Runs Deno in the folder. */
  deno(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/**
 * Makes a project in a new folder.
 *
 * @param registry The registry's address, for the variable `JSR_URL`.
 * @param files By their names; objects are written as JSON.
 */
export async function foreignProject(
  registry: string,
  files: Readonly<Record<string, string | object>>,
): Promise<ForeignProject> {
  // Where the temporary folder is a link, programs see its true path.
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "foreign-" }));
  const [folder, cache] = [join(base, "project"), join(base, "cache")];
  await Promise.all([Deno.mkdir(folder), Deno.mkdir(cache)]);
  // The packages that are there already, in their pinned versions: these tests need no network.
  await Deno.symlink(await npmCache(), join(cache, "npm"), { type: "dir" });
  const project: ForeignProject = {
    folder,
    cache,
    async write(more): Promise<void> {
      for (const [name, content] of Object.entries(more)) {
        const path = join(folder, name);
        await Deno.mkdir(dirname(path), { recursive: true });
        await Deno.writeTextFile(
          path,
          typeof content === "string" ? content : JSON.stringify(content),
        );
      }
    },
    async deno(args, env = {}): Promise<Ended> {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [...args],
        cwd: folder,
        env: {
          JSR_URL: registry,
          DENO_DIR: cache,
          NO_COLOR: "1",
          INIT_CWD: "",
          npm_lifecycle_event: "",
          ...env,
        },
        stdin: "null",
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      return { code, out: out!, err: err! };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await Deno.remove(base, { recursive: true });
    },
  };
  await project.write({ "deno.lock": await pinned(), ...files });
  return project;
}

async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}

/** This project's versions, without what names its own imports. */
async function pinned(): Promise<object> {
  const path = new URL("../../deno.lock", import.meta.url);
  const { workspace: _own, ...lock } = JSON.parse(await Deno.readTextFile(path));
  return lock;
}
