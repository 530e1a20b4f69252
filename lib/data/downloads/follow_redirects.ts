import { FetchError } from "./remote_file.ts";
import { untilAborted } from "./abortable.ts";

const mostRedirects = 5;

/**
 * Fetches from an address, and from where that sends us: over https to any host, since the digest and
 * not the host proves a file, or within the same origin. Nothing leads from https to http.
 *
 * @throws {FetchError} For a redirect to anywhere else, or too many.
 */
export async function fetchFollowing(
  address: string,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Response> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await untilAborted(fetch(url, { ...init, redirect: "manual" }), init.signal);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    url = redirected(url, location);
  }
  throw new FetchError(`${address} was redirected more than ${mostRedirects} times`);
}

/**
 * Where a redirect leads.
 *
 * @throws {FetchError} Where it leads to a place that is not allowed.
 */
export function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to && (to.protocol === "https:" || to.origin === from.origin)) return to;
  throw new FetchError(
    `${from} was redirected to ${
      location.slice(0, 200)
    }: only https, or the same server, is followed`,
  );
}
