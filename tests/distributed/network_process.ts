/**
 * Tries what can be reached from a private network: addresses of outside at a port where somebody
 * listens there, and a port of its own. Prints what it found as JSON.
 */

// deno-lint-ignore-file no-console -- its output is read by the test

import { enterPrivateNetwork } from "../../lib/distributed/processes/private_network.ts";

enterPrivateNetwork();
const [port, ...addresses] = Deno.args;

async function reaches(hostname: string): Promise<boolean> {
  try {
    using _connection = await Deno.connect({ hostname, port: Number(port) });
    return true;
  } catch {
    return false;
  }
}

async function talkToItself(): Promise<string> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 2222 });
  using out = await Deno.connect({ hostname: "127.0.0.1", port: 2222 });
  using into = await listener.accept();
  await out.write(new TextEncoder().encode("heard"));
  const bytes = new Uint8Array(5);
  await into.read(bytes);
  return new TextDecoder().decode(bytes);
}

const reached: string[] = [];
for (const address of addresses) if (await reaches(address)) reached.push(address);
const interfaces = Deno.networkInterfaces().filter(({ family }) => family === "IPv4");
console.log(JSON.stringify({
  interfaces: interfaces.map(({ name, address }) => `${name} ${address}`),
  own: await talkToItself(),
  reached,
}));
