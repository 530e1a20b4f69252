/** The marker of the segment with EXIF entries, and that of the compressed image. */
const exif = 0xe1, scan = 0xda;
/** The number of the entry that says how a picture is turned. */
const orientationTag = 0x112;

/**
 * Tells whether the rows of a JPEG file are the columns of its picture, since the camera was held upright.
 */
export function isTurned(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    return orientationOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.length)) >= 5;
  } catch (error) {
    if (error instanceof RangeError) return false; // A field is behind the end.
    throw error;
  }
}

/** EXIF's orientation, from 1 to 8. */
function orientationOf(view: DataView): number {
  for (let at = 2; view.getUint8(at + 1) !== scan; at += 2 + view.getUint16(at + 2)) {
    const isExif = view.getUint8(at + 1) === exif && view.getUint32(at + 4) === 0x45786966;
    if (!isExif) continue;
    const start = at + 10;
    const little = view.getUint16(start) === 0x4949;
    const directory = start + view.getUint32(start + 4, little);
    for (let index = 0; index < view.getUint16(directory, little); index++) {
      const entry = directory + 2 + 12 * index;
      if (view.getUint16(entry, little) === orientationTag) {
        return view.getUint16(entry + 8, little);
      }
    }
    return 1;
  }
  return 1;
}
