import assert from "node:assert/strict";
import {
  pickledArray,
  pickledIntegers,
  pickledText,
} from "../../../lib/files/pickle/numpy_array.ts";
import { PickledName, PickledObject } from "../../../lib/files/pickle/pickled.ts";
import { unpickle } from "../../../lib/files/pickle/unpickle.ts";

/** `{b"labels": [3, 1], b"data": numpy.arange(8, dtype="uint8").reshape(2, 4)}` of Python 3.11 and NumPy 2.4. */
const written: Readonly<Record<string, string>> = {
  "protocol 2":
    "gAJ9cQAoY19jb2RlY3MKZW5jb2RlCnEBWAYAAABsYWJlbHNxAlgGAAAAbGF0aW4xcQOGcQRScQVdcQYoSwNLAWVoAV" +
    "gEAAAAZGF0YXEHaAOGcQhScQljbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQpjbnVtcHkKbmRh" +
    "cnJheQpxC0sAhXEMaAFYAQAAAGJxDWgDhnEOUnEPh3EQUnERKEsBSwJLBIZxEmNudW1weQpkdHlwZQpxE1gCAAAAdT" +
    "FxFImIh3EVUnEWKEsDWAEAAAB8cRdOTk5K/////0r/////SwB0cRhiiWgBWAgAAAAAAQIDBAUGB3EZaAOGcRpScRt0" +
    "cRxidS4=",
  "protocol 4":
    "gASVrwAAAAAAAAB9lChDBmxhYmVsc5RdlChLA0sBZUMEZGF0YZSMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcm" +
    "Vjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsCSwSGlGgHjAVkdHlwZZSTlIwC" +
    "dTGUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LAHSUYolDCAABAgMEBQYHlHSUYnUu",
  "protocol 5":
    "gAWVmgAAAAAAAAB9lChDBmxhYmVsc5RdlChLA0sBZUMEZGF0YZSME251bXB5Ll9jb3JlLm51bWVyaWOUjAtfZnJvbW" +
    "J1ZmZlcpSTlCiWCAAAAAAAAAAAAQIDBAUGB5SMBW51bXB5lIwFZHR5cGWUk5SMAnUxlImIh5RSlChLA4wBfJROTk5K" +
    "/////0r/////SwB0lGJLAksEhpSMAUOUdJRSlHUu",
};

/** `{"fine_labels": array([7, 2], ">i8"), "data": asfortranarray(…)}`, protocol 4. */
const odd =
  "gASVRAEAAAAAAAB9lCiMC2ZpbmVfbGFiZWxzlIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJ" +
  "STlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwKFlGgFjAVkdHlwZZSTlIwCaTiUiYiHlFKUKEsD" +
  "jAE+lE5OTkr/////Sv////9LAHSUYolDEAAAAAAAAAAHAAAAAAAAAAKUdJRijARkYXRhlGgEaAdLAIWUaAmHlFKUKE" +
  "sBSwJLBIaUaA6MAnUxlImIh5RSlChLA4wBfJROTk5K/////0r/////SwB0lGKIQwgABAEFAgYDB5R0lGKMAXOUaAKM" +
  "BnNjYWxhcpSTlGgOjAJpOJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiQwgFAAAAAAAAAJSGlFKUdS4=";

const bytesOf = (base64: string): Uint8Array => Uint8Array.fromBase64(base64);

function read(base64: string): Map<string | undefined, unknown> {
  const { value } = unpickle(bytesOf(base64));
  assert.ok(value instanceof Map);
  return new Map([...value].map(([key, entry]) => [pickledText(key), entry]));
}

for (const [protocol, base64] of Object.entries(written)) {
  Deno.test(`pickledArray() reads what NumPy writes with ${protocol}`, () => {
    const value = read(base64);
    assert.deepEqual([...value.keys()], ["labels", "data"]);
    assert.deepEqual(pickledIntegers(value.get("labels")), [3, 1]);
    const data = pickledArray(value.get("data"));
    assert.ok(data);
    assert.deepEqual([data.type, data.shape, data.fortran], ["u1", [2, 4], false]);
    assert.deepEqual([...data.bytes], [0, 1, 2, 3, 4, 5, 6, 7]);
  });
}

Deno.test("pickledArray() keeps the byte order and the order of the axes", () => {
  const value = read(odd);
  assert.deepEqual(pickledIntegers(value.get("fine_labels")), [7, 2]);
  const data = pickledArray(value.get("data"));
  assert.ok(data);
  assert.deepEqual([data.fortran, ...data.bytes], [true, 0, 4, 1, 5, 2, 6, 3, 7]);
});

Deno.test("pickledIntegers() takes whole numbers alone", () => {
  assert.deepEqual(pickledIntegers([1, 2]), [1, 2]);
  assert.equal(pickledIntegers([1, 2.5]), undefined);
  assert.equal(pickledIntegers("1"), undefined);
  assert.equal(pickledArray(new PickledObject(new PickledName("os", "system"), ["x"])), undefined);
});
