/** Why no server answered, and what the user can do about it. */
export interface ConnectionFailure {
  /** The last part of the cause, such as `dns error: … Name or service not known`. */
  readonly reason: string;
  readonly advice?: string;
  /** Whether the same request may work a little later. */
  readonly retryable: boolean;
}

/** The variables that name a proxy; Deno reads both spellings. */
const proxyVariables = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/** Finds in an error of `fetch` the cause that its message hides. */
export function explainFailure(error: unknown, url: string): ConnectionFailure {
  const reason = lastCause(error).replace(/^error sending request for url \([^)]*\): /, "")
    .replace(/^client error \(\w+\): /, "");
  const advice = adviceFor(reason, url);
  return {
    reason,
    retryable: !/certificate/i.test(reason),
    ...advice === undefined ? {} : { advice },
  };
}

function lastCause(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause !== undefined) last = last.cause;
  return last instanceof Error ? last.message : String(last);
}

function adviceFor(reason: string, url: string): string | undefined {
  if (/certificate.*(Expired|NotValidYet)/.test(reason)) return "check this machine's clock";
  if (/certificate/i.test(reason)) {
    return "where a proxy or an antivirus signs connections, set DENO_TLS_CA_STORE=system to trust " +
      "this machine's certificates, or DENO_CERT to a file with the authority's";
  }
  const proxy = proxyFor(url);
  if (proxy) return `the connection goes through ${proxy}: check it, or leave it out by NO_PROXY`;
  if (/dns error|refused|unreachable|timed out|reset/i.test(reason)) {
    return "behind a proxy, set HTTPS_PROXY to its address";
  }
  return undefined;
}

/** Returns the proxy that the environment sets, without its password: `HTTPS_PROXY=http://host:8080`. */
function proxyFor(url: string): string | undefined {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  const excluded = (Deno.env.get("NO_PROXY") ?? Deno.env.get("no_proxy") ?? "").split(",");
  if (excluded.some((name) => name !== "" && host.endsWith(name.trim()))) return undefined;
  const wanted = url.startsWith("https:") ? proxyVariables.slice(0, 1) : proxyVariables.slice(1, 2);
  for (const name of [...wanted, ...proxyVariables.slice(2)]) {
    for (const spelling of [name, name.toLowerCase()]) {
      const value = Deno.env.get(spelling);
      if (value) return `${spelling}=${value.replace(/\/\/[^@/]*@/, "//")}`;
    }
  }
  return undefined;
}
