import assert from "node:assert/strict";
import { type MatlabValue, readMatlab } from "../../lib/files/matlab.ts";
import { matlabFile } from "../data/sources/records/matlab_files.ts";

/**
 * Written by SciPy 1.17: synsets, two structures as in ImageNet's meta.mat; label_names, cells; x, uint8;
 * y, float64; n, int64.
 */
const written: Readonly<Record<string, string>> = {
  "without compression":
    "TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IE1vbiBOb3YgMzAgMDg6NTc6ND" +
    "kgMjAyNgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0OAAAAmAIA" +
    "AAYAAAAIAAAAAgAAAAAAAAAFAAAACAAAAAIAAAABAAAAAQAAAAcAAABzeW5zZXRzAAUABAAOAAAAAQAAADgAAABJTF" +
    "NWUkMyMDEyX0lEAFdOSUQAAAAAAAAAAAAAd29yZHMAAAAAAAAAAABudW1fY2hpbGRyZW4AAA4AAAAwAAAABgAAAAgA" +
    "AAALAAAAAAAAAAUAAAAIAAAAAQAAAAEAAAABAAAAAAAAAAQAAgABAAAADgAAAEAAAAAGAAAACAAAAAQAAAAAAAAABQ" +
    "AAAAgAAAABAAAACQAAAAEAAAAAAAAAEAAAAAkAAABuMDIxMTk3ODkAAAAAAAAADgAAAEgAAAAGAAAACAAAAAQAAAAA" +
    "AAAABQAAAAgAAAABAAAAGAAAAAEAAAAAAAAAEAAAABgAAABraXQgZm94LCBWdWxwZXMgbWFjcm90aXMOAAAAOAAAAA" +
    "YAAAAIAAAABgAAAAAAAAAFAAAACAAAAAEAAAABAAAAAQAAAAAAAAAJAAAACAAAAAAAAAAAAAAADgAAADAAAAAGAAAA" +
    "CAAAAAsAAAAAAAAABQAAAAgAAAABAAAAAQAAAAEAAAAAAAAABAACAMEBAAAOAAAAQAAAAAYAAAAIAAAABAAAAAAAAA" +
    "AFAAAACAAAAAEAAAAJAAAAAQAAAAAAAAAQAAAACQAAAG4wMTQ0MDc2NAAAAAAAAAAOAAAASAAAAAYAAAAIAAAABAAA" +
    "AAAAAAAFAAAACAAAAAEAAAASAAAAAQAAAAAAAAAQAAAAEgAAAHRlbmNoLCBUaW5jYSB0aW5jYQAAAAAAAA4AAAA4AA" +
    "AABgAAAAgAAAAGAAAAAAAAAAUAAAAIAAAAAQAAAAEAAAABAAAAAAAAAAkAAAAIAAAAAAAAAAAAAAAOAAAAuAAAAAYA" +
    "AAAIAAAAAQAAAAAAAAAFAAAACAAAAAIAAAABAAAAAQAAAAsAAABsYWJlbF9uYW1lcwAAAAAADgAAADgAAAAGAAAACA" +
    "AAAAQAAAAAAAAABQAAAAgAAAABAAAABQAAAAEAAAAAAAAAEAAAAAUAAABhcHBsZQAAAA4AAAA4AAAABgAAAAgAAAAE" +
    "AAAAAAAAAAUAAAAIAAAAAQAAAAQAAAABAAAAAAAAABAAAAAHAAAAcGHDseeMqwAOAAAAOAAAAAYAAAAIAAAACQAAAA" +
    "AAAAAFAAAACAAAAAIAAAADAAAAAQABAHgAAAACAAAABgAAAAADAQQCBQAADgAAAEAAAAAGAAAACAAAAAYAAAAAAAAA" +
    "BQAAAAgAAAABAAAAAgAAAAEAAQB5AAAACQAAABAAAAAAAAAAAAD4PwAAAAAAAADADgAAADgAAAAGAAAACAAAAA4AAA" +
    "AAAAAABQAAAAgAAAABAAAAAQAAAAEAAQBuAAAADAAAAAgAAAADAAAAAAAAAA==",
  "with compression":
    "TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IE1vbiBOb3YgMzAgMDg6NTc6ND" +
    "kgMjAyNgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0PAAAA3gAA" +
    "AHic42NgYJjBxMDABqQ5gBjIBANWJD4jFLMDcXFlXnFqSTFQnoWBDypuAcSePsFhQc5GBoZG8Z4uDOF+QAIOyvOLUo" +
    "rhvLzS3PjkjMyclKLUPAawGQYMCPu50exnRMIgwAJ0EYgN0ueApI8Fiz5OJH0CUH6egZGhoaW5hSVUHGSOBwFzJNDM" +
    "AfGzM0sU0vIrdBTCSnMKUosVchOTi/JLMov5oOEBM4+NgH84oeIwQE54HGSkJDwMTUwMzM1MSAgPITRzQPyS1LzkDB" +
    "2FkMy85ESFEhCJMI+S8AAAbEooxw8AAABTAAAAeJzjY2Bg2AHEbEDMAcSMDBDACuUzQcVAmBuIcxKTUnPi8xJzU4vB" +
    "6viA2AJJPwuafkYoG2auAJSfWFCQk0qkfhY0/exAXJB4eOPzntUMAA7vDN0PAAAALQAAAHic42NgYLAAYjYg5gBiTg" +
    "YIYIXymYCYGYgZgbACygepZWBmZGECKgIAIjgBAQ8AAAAsAAAAeJzjY2BgcABiNiDmgNIgwArlMwIxE5hmZKgE0pxA" +
    "LMAAAz/soYwDADjhAv4PAAAAJgAAAHic42NgYLAAYjYg5gBiPgYIYIXyGeGYkSEPSPNAxZmh6gAikgD5",
};

const number = (value: MatlabValue | undefined): unknown =>
  value?.kind === "numbers" ? [value.shape, Array.from(value.values)] : value;

for (const [form, base64] of Object.entries(written)) {
  Deno.test(`readMatlab() reads what SciPy writes ${form}`, () => {
    const variables = readMatlab(Uint8Array.fromBase64(base64));
    assert.deepEqual(number(variables.get("x")), [[2, 3], [0, 3, 1, 4, 2, 5]]);
    assert.deepEqual(number(variables.get("y")), [[1, 2], [1.5, -2]]);
    assert.deepEqual(number(variables.get("n")), [[1, 1], [3]]);
    assert.deepEqual(variables.get("label_names"), {
      kind: "cells",
      cells: [{ kind: "text", text: "apple" }, { kind: "text", text: "pañ猫" }],
    });
    const synsets = variables.get("synsets");
    assert.ok(synsets?.kind === "structs");
    const [fox, tench] = synsets.structs;
    assert.deepEqual(fox?.get("WNID"), { kind: "text", text: "n02119789" });
    assert.deepEqual(number(fox?.get("ILSVRC2012_ID")), [[1, 1], [1]]);
    assert.deepEqual(number(tench?.get("ILSVRC2012_ID")), [[1, 1], [449]]);
  });
}

Deno.test("readMatlab() refuses other versions and damaged files", () => {
  const file = Uint8Array.fromBase64(written["without compression"]!);
  const hdf5 = new TextEncoder().encode("MATLAB 7.3 MAT-file, Platform: GLNXA64".padEnd(512));
  assert.throws(() => readMatlab(hdf5), { name: "MatlabError", message: /7\.3; save it with -v7/ });
  assert.throws(() => readMatlab(new Uint8Array(9)), /it is no MAT file of level 5/);
  for (const length of [130, 140, 200, 500, 900]) {
    assert.throws(() => readMatlab(file.subarray(0, length)), { name: "MatlabError" });
  }
  const packed = Uint8Array.fromBase64(written["with compression"]!);
  assert.throws(() => readMatlab(packed.fill(7, 200, 210)), /it is damaged/);
});

Deno.test("matlabFile() of the tests writes what readMatlab() reads", () => {
  const variables = readMatlab(matlabFile({ a: { shape: [2, 1], bytes: [7, 8] }, b: ["x", "yy"] }));
  assert.deepEqual(number(variables.get("a")), [[2, 1], [7, 8]]);
  const cells = ["x", "yy"].map((text) => ({ kind: "text", text }));
  assert.deepEqual(variables.get("b"), { kind: "cells", cells });
});
