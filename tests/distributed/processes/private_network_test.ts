import assert from "node:assert/strict";
import {
  inPrivateNetwork,
  requirePrivateNetwork,
} from "../../../lib/distributed/processes/private_network.ts";
import { scriptWords, testInNetwork } from "../support.ts";

testInNetwork(
  "a private network has a loopback that works, and nothing outside can be reached",
  async () => {
    await requirePrivateNetwork();
    using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const here = Deno.networkInterfaces().filter(({ family }) => family === "IPv4");
    // One of the addresses that are kept for documentation: it needs a way out to be tried at all.
    const addresses = [...here.map(({ address }) => address), "192.0.2.1"];
    const words = scriptWords("network_process.ts", String(port), ...addresses);
    const [program, ...args] = inPrivateNetwork(words);
    const { code, stdout, stderr } = await new Deno.Command(program!, { args }).output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    const { interfaces, own, reached } = JSON.parse(new TextDecoder().decode(stdout));
    assert.deepEqual(interfaces, ["lo 127.0.0.1"]);
    assert.equal(own, "heard");
    assert.deepEqual(reached, []);
  },
);

// Where there is no other interface than the loopback, this network is as good as private.
const hasOthers = Deno.build.os === "linux" &&
  Deno.networkInterfaces().some(({ name }) => name !== "lo");

Deno.test({
  name: "enterPrivateNetwork() refuses a network that is not private" +
    (hasOthers ? "" : " (skipped: nothing but a loopback of Linux)"),
  ignore: !hasOthers,
  fn: async () => {
    const [program, ...args] = scriptWords("network_process.ts", "0");
    const { code, stderr } = await new Deno.Command(program!, { args }).output();
    assert.equal(code, 1);
    assert.match(
      new TextDecoder().decode(stderr),
      /PrivateNetworkError: workers of one machine .*it must have lo alone, switched on; it has lo, /,
    );
  },
});
