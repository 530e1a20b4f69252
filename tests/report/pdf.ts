import { getDocumentProxy } from "unpdf";

/** Margins of a sheet in PDF points: 15 mm. */
const margin = 15 / 25.4 * 72;
/** The least part of a page down to which its content reaches. */
const minFilled = 0.15;

/** A text on a page, in points from the left and from the bottom. */
interface Text {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** A page of a PDF. */
export interface PdfPage {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly Text[];
}

/** Reads the texts of a PDF's pages. */
export async function readPdf(bytes: Uint8Array): Promise<PdfPage[]> {
  const document = await getDocumentProxy(bytes);
  const numbers = Array.from({ length: document.numPages }, (_, index) => index + 1);
  return await Promise.all(numbers.map(async (number) => {
    const page = await document.getPage(number);
    const [, , width = 0, height = 0] = page.view;
    const { items } = await page.getTextContent();
    const texts = items.flatMap((item): Text[] => {
      if (!("str" in item) || item.str.trim() === "") return [];
      const [a, , , , left, y] = item.transform;
      // Turned texts have no width along the page.
      return [{ text: item.str.trim(), left, right: left + (a > 0 ? item.width : 0), y }];
    });
    return { width, height, texts };
  }));
}

/**
 * What is wrong with how a PDF is divided into pages, a line each: pages that are nearly empty, headings
 * without anything below them, and texts that reach into the margins. All charts and images of a report
 * have texts below or in them, so that texts tell how far a page is filled.
 */
export function pageFlaws(pages: readonly PdfPage[], headings: ReadonlySet<string>): string[] {
  return pages.flatMap(({ texts, width, height }, index) => {
    const page = `page ${index + 1}`;
    const lowest = Math.min(height, ...texts.map(({ y }) => y));
    const filled = (height - margin - lowest) / (height - 2 * margin);
    const cut = texts.filter(({ left, right }) => left < margin - 2 || right > width - margin + 2);
    const orphans = texts.filter((one) =>
      headings.has(one.text) &&
      !texts.some(({ y, left }) => y < one.y - 2 && left > one.left - 5 && left < one.left + 300)
    );
    return [
      ...(filled < minFilled && index < pages.length - 1
        ? [`${page} is ${Math.round(100 * filled)} % full: ${texts[0]?.text}`]
        : []),
      ...cut.slice(0, 3).map(({ text }) => `${page} cuts off: ${text}`),
      ...orphans.map(({ text }) => `${page} ends with the heading: ${text}`),
    ];
  });
}
