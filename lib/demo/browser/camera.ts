/// <reference lib="dom" />

/**
 * Lets a button open a dialog with the camera's picture.
 *
 * @param onPicture Called with the picture when one is taken.
 * @param onError Called if there is no camera or it may not be used.
 */
export function openCamera(
  button: HTMLButtonElement,
  dialog: HTMLDialogElement,
  onPicture: (bitmap: ImageBitmap) => void,
  onError: (message: string) => void,
): void {
  const video = dialog.querySelector("video")!;
  const [take, close] = dialog.querySelectorAll("button");
  button.hidden = !navigator.mediaDevices;
  button.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment" },
      });
      // There is no picture to take before the first frame.
      await video.play();
      dialog.showModal();
    } catch (error) {
      onError(`the camera cannot be used: ${(error as Error).message}`);
    }
  });
  take!.addEventListener("click", async () => {
    const bitmap = await createImageBitmap(video);
    dialog.close();
    onPicture(bitmap);
  });
  close!.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    const stream = video.srcObject as MediaStream | null;
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  });
}
