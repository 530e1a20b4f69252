import { LibraryError } from "../../errors.ts";
import { pathVariable } from "./environment.ts";
import { type Wheel, wheels } from "./wheels.ts";

/** What decides which programs run on a machine. */
export interface System {
  /** As `Deno.build` names it. */
  readonly os: string;
  /** As `Deno.build` names it. */
  readonly arch: string;
  /** Whether its C library is musl, which runs no program made for glibc. */
  readonly musl: boolean;
}

const systemNames: Readonly<Record<string, string>> = {
  darwin: "macOS",
  linux: "Linux",
  windows: "Windows",
};

/**
 * Returns the wheel for a system: by default this one.
 *
 * @throws {LibraryError} If there is none.
 */
export function wheelForSystem(system: System = thisSystem()): Wheel {
  const { os, arch, musl } = system;
  const wheel = musl ? undefined : wheels[`${os}-${arch}`];
  if (wheel) return wheel;
  const name = `${systemNames[os] ?? os}${musl ? " with musl, such as Alpine," : ""}`;
  throw new LibraryError(
    `TensorFlow has no wheel for ${name} on ${arch}: set ${pathVariable} to a library of your own`,
  );
}

function thisSystem(): System {
  const { os, arch, env } = Deno.build;
  return { os, arch, musl: env === "musl" || isFileSync("/etc/alpine-release") };
}

function isFileSync(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
