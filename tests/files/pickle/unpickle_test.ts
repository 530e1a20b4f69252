import assert from "node:assert/strict";
import { PickledObject } from "../../../lib/files/pickle/pickled.ts";
import { unpickle } from "../../../lib/files/pickle/unpickle.ts";

/**
 * What Python 3.11 writes in each protocol for
 * `{'a': [1, -2, 300, 70000, 2**40, -(2**70), 1.5, None, True, False, 'é', (), (1,), (1, 2), (1, 2, 3),
 * (1, 2, 3, 4)], 'b': b'\\x00\\xff', 'd': OrderedDict([('x', 1), ('y', 2)]), 's': {1, 2},
 * 'f': frozenset({3}), 'ns': argparse.Namespace(lr=0.5), 't': datetime.timedelta(1)}`.
 */
const pickles = [
  "KGRwMApWYQpwMQoobHAyCkkxCmFJLTIKYUkzMDAKYUk3MDAwMAphTDEwOTk1MTE2Mjc3NzZMCmFMLTExODA1" +
  "OTE2MjA3MTc0MTEzMDM0MjRMCmFGMS41CmFOYUkwMQphSTAwCmFW6QpwMwphKHRhKEkxCnRwNAphKEkxCkky" +
  "CnRwNQphKEkxCkkyCkkzCnRwNgphKEkxCkkyCkkzCkk0CnRwNwphc1ZiCnA4CmNfY29kZWNzCmVuY29kZQpw" +
  "OQooVlx1MDAwMP8KcDEwClZsYXRpbjEKcDExCnRwMTIKUnAxMwpzVmQKcDE0CmNjb2xsZWN0aW9ucwpPcmRl" +
  "cmVkRGljdApwMTUKKHRScDE2ClZ4CnAxNwpJMQpzVnkKcDE4CkkyCnNzVnMKcDE5CmNfX2J1aWx0aW5fXwpz" +
  "ZXQKcDIwCigobHAyMQpJMQphSTIKYXRwMjIKUnAyMwpzVmYKcDI0CmNfX2J1aWx0aW5fXwpmcm96ZW5zZXQK" +
  "cDI1CigobHAyNgpJMwphdHAyNwpScDI4CnNWbnMKcDI5CmNjb3B5X3JlZwpfcmVjb25zdHJ1Y3RvcgpwMzAK" +
  "KGNhcmdwYXJzZQpOYW1lc3BhY2UKcDMxCmNfX2J1aWx0aW5fXwpvYmplY3QKcDMyCk50cDMzClJwMzQKKGRw" +
  "MzUKVmxyCnAzNgpGMC41CnNic1Z0CnAzNwpjZGF0ZXRpbWUKdGltZWRlbHRhCnAzOAooSTEKSTAKSTAKdHAz" +
  "OQpScDQwCnMu",
  "fXEAKFgBAAAAYXEBXXECKEsBSv7///9NLAFKcBEBAEwxMDk5NTExNjI3Nzc2TApMLTExODA1OTE2MjA3MTc0" +
  "MTEzMDM0MjRMCkc/+AAAAAAAAE5JMDEKSTAwClgCAAAAw6lxAykoSwF0cQQoSwFLAnRxBShLAUsCSwN0cQYo" +
  "SwFLAksDSwR0cQdlWAEAAABicQhjX2NvZGVjcwplbmNvZGUKcQkoWAMAAAAAw79xClgGAAAAbGF0aW4xcQt0" +
  "cQxScQ1YAQAAAGRxDmNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxDylScRAoWAEAAAB4cRFLAVgBAAAAeXES" +
  "SwJ1WAEAAABzcRNjX19idWlsdGluX18Kc2V0CnEUKF1xFShLAUsCZXRxFlJxF1gBAAAAZnEYY19fYnVpbHRp" +
  "bl9fCmZyb3plbnNldApxGShdcRpLA2F0cRtScRxYAgAAAG5zcR1jY29weV9yZWcKX3JlY29uc3RydWN0b3IK" +
  "cR4oY2FyZ3BhcnNlCk5hbWVzcGFjZQpxH2NfX2J1aWx0aW5fXwpvYmplY3QKcSBOdHEhUnEifXEjWAIAAABs" +
  "cnEkRz/gAAAAAAAAc2JYAQAAAHRxJWNkYXRldGltZQp0aW1lZGVsdGEKcSYoSwFLAEsAdHEnUnEodS4=",
  "gAJ9cQAoWAEAAABhcQFdcQIoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCQAAAAAAAAAAwEc/+AAAAAAAAE6I" +
  "iVgCAAAAw6lxAylLAYVxBEsBSwKGcQVLAUsCSwOHcQYoSwFLAksDSwR0cQdlWAEAAABicQhjX2NvZGVjcwpl" +
  "bmNvZGUKcQlYAwAAAADDv3EKWAYAAABsYXRpbjFxC4ZxDFJxDVgBAAAAZHEOY2NvbGxlY3Rpb25zCk9yZGVy" +
  "ZWREaWN0CnEPKVJxEChYAQAAAHhxEUsBWAEAAAB5cRJLAnVYAQAAAHNxE2NfX2J1aWx0aW5fXwpzZXQKcRRd" +
  "cRUoSwFLAmWFcRZScRdYAQAAAGZxGGNfX2J1aWx0aW5fXwpmcm96ZW5zZXQKcRldcRpLA2GFcRtScRxYAgAA" +
  "AG5zcR1jYXJncGFyc2UKTmFtZXNwYWNlCnEeKYFxH31xIFgCAAAAbHJxIUc/4AAAAAAAAHNiWAEAAAB0cSJj" +
  "ZGF0ZXRpbWUKdGltZWRlbHRhCnEjSwFLAEsAh3EkUnEldS4=",
  "gAN9cQAoWAEAAABhcQFdcQIoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCQAAAAAAAAAAwEc/+AAAAAAAAE6I" +
  "iVgCAAAAw6lxAylLAYVxBEsBSwKGcQVLAUsCSwOHcQYoSwFLAksDSwR0cQdlWAEAAABicQhDAgD/cQlYAQAA" +
  "AGRxCmNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxCylScQwoWAEAAAB4cQ1LAVgBAAAAeXEOSwJ1WAEAAABz" +
  "cQ9jYnVpbHRpbnMKc2V0CnEQXXERKEsBSwJlhXESUnETWAEAAABmcRRjYnVpbHRpbnMKZnJvemVuc2V0CnEV" +
  "XXEWSwNhhXEXUnEYWAIAAABuc3EZY2FyZ3BhcnNlCk5hbWVzcGFjZQpxGimBcRt9cRxYAgAAAGxycR1HP+AA" +
  "AAAAAABzYlgBAAAAdHEeY2RhdGV0aW1lCnRpbWVkZWx0YQpxH0sBSwBLAIdxIFJxIXUu",
  "gASVCQEAAAAAAAB9lCiMAWGUXZQoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCQAAAAAAAAAAwEc/+AAAAAAA" +
  "AE6IiYwCw6mUKUsBhZRLAUsChpRLAUsCSwOHlChLAUsCSwNLBHSUZYwBYpRDAgD/lIwBZJSMC2NvbGxlY3Rp" +
  "b25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAF4lEsBjAF5lEsCdYwBc5SPlChLAUsCkIwBZpQoSwORlIwCbnOU" +
  "jAhhcmdwYXJzZZSMCU5hbWVzcGFjZZSTlCmBlH2UjAJscpRHP+AAAAAAAABzYowBdJSMCGRhdGV0aW1llIwJ" +
  "dGltZWRlbHRhlJOUSwFLAEsAh5RSlHUu",
  "gAWVCQEAAAAAAAB9lCiMAWGUXZQoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCQAAAAAAAAAAwEc/+AAAAAAA" +
  "AE6IiYwCw6mUKUsBhZRLAUsChpRLAUsCSwOHlChLAUsCSwNLBHSUZYwBYpRDAgD/lIwBZJSMC2NvbGxlY3Rp" +
  "b25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAF4lEsBjAF5lEsCdYwBc5SPlChLAUsCkIwBZpQoSwORlIwCbnOU" +
  "jAhhcmdwYXJzZZSMCU5hbWVzcGFjZZSTlCmBlH2UjAJscpRHP+AAAAAAAABzYowBdJSMCGRhdGV0aW1llIwJ" +
  "dGltZWRlbHRhlJOUSwFLAEsAh5RSlHUu",
];

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.fromBase64(base64);
}

for (const [protocol, text] of pickles.entries()) {
  Deno.test(`unpickle() reads what Python writes in protocol ${protocol}`, () => {
    const bytes = bytesOf(text);
    const { value, end } = unpickle(bytes);
    assert.equal(end, bytes.length);
    assert.ok(value instanceof Map);
    assert.deepEqual(value.get("a"), [
      ...[1, -2, 300, 70000, 2 ** 40, protocol < 2 ? -(2 ** 70) : -(2n ** 70n), 1.5],
      ...[null, true, false, "é", [], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
    ]);
    const raw = value.get("b");
    // Before protocol 3 bytes are a call of an encoder, which is not made.
    if (protocol < 3) assert.deepEqual(raw.args, ["\0ÿ", "latin1"]);
    else assert.deepEqual([...raw], [0, 255]);
    const ordered = value.get("d");
    assert.ok(ordered instanceof PickledObject);
    assert.equal(`${ordered.type}`, "collections.OrderedDict");
    assert.deepEqual([...ordered], [["x", 1], ["y", 2]]);
    const [set, frozen] = [value.get("s"), value.get("f")];
    assert.deepEqual(protocol < 4 ? set.args : [set], [[1, 2]]);
    assert.deepEqual(protocol < 4 ? frozen.args : [frozen], [[3]]);
    assert.deepEqual([...value.get("ns").state], [["lr", 0.5]]);
    assert.equal(`${value.get("t").type}`, "datetime.timedelta");
    assert.deepEqual(value.get("t").args, [1, 0, 0]);
  });
}

Deno.test("unpickle() rejects a pickle that ends early, at any length", () => {
  for (const text of pickles) {
    const bytes = bytesOf(text);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => unpickle(bytes.subarray(0, length)), RangeError);
    }
  }
});

Deno.test("unpickle() rejects more than a million objects, and lengths beyond the end", () => {
  const dictionaries = new Uint8Array(2_000_000).fill("}".charCodeAt(0));
  assert.throws(() => unpickle(dictionaries), /at most 1000000 objects/);
  const bytes = Uint8Array.of(0x8e, 255, 255, 255, 255, 255, 255, 255, 127, 0x2e);
  assert.throws(() => unpickle(bytes), /a length is out of range/);
  assert.throws(() => unpickle(Uint8Array.of(0x42, 9, 0, 0, 0, 0x2e)), /ends early/);
});

Deno.test("unpickle() neither formats what a pickle nests, nor sets the length of a list", () => {
  const text = (word: string): number[] => [0x8c, word.length, ...new TextEncoder().encode(word)];
  // A list of a list of a list …, each twice: as text it would have 2⁵⁰ words.
  const levels = Array.from({ length: 50 }, (_, level) => [
    ...[0x5d, 0x28, 0x68, level, 0x68, level, 0x65, 0x94, 0x30],
  ]);
  const nest = [0x5d, 0x94, 0x30, ...levels.flat()];
  for (const code of [[0x28, 0x68, 50, 0x4e, 0x64], [0x7d, 0x68, 50, 0x4e, 0x73]]) {
    const { value } = unpickle(Uint8Array.of(...nest, ...code, 0x2e));
    assert.deepEqual([...(value as Map<unknown, unknown>).values()], [null]);
  }
  const built = Uint8Array.of(...[0x5d, 0x7d, ...text("length"), 0x4a, 255, 255, 255, 127, 0x73]);
  const { value } = unpickle(Uint8Array.of(...built, 0x62, 0x2e));
  assert.deepEqual(value, []);
});

Deno.test("unpickle() refuses to change a tuple or the arguments of an object once they are made", () => {
  const text = (codes: string): Uint8Array => Uint8Array.from(codes, (code) => code.charCodeAt(0));
  // A tuple, an empty one and those of one to three items, to which 1 is appended.
  for (const tuple of ["(K\x01t", ")", "K\x01\x85", "K\x01K\x01\x86", "K\x01K\x01K\x01\x87"]) {
    assert.throws(() => unpickle(text(`${tuple}K\x01a.`)), /adds items to a tuple/);
    assert.ok(Object.isFrozen(unpickle(text(`${tuple}.`)).value));
  }
  // A list of arguments, kept as 0, to which 1 is appended after the object was made of it.
  const { value } = unpickle(text("ca\nb\n]q\x00Rq\x01h\x00K\x01a0h\x01."));
  assert.ok(value instanceof PickledObject);
  assert.deepEqual(value.args, []);
});
