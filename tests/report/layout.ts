import type { Page } from "playwright-core";

/**
 * Finds what is cut off on a page, a line each: what reaches beyond the window, texts beyond their
 * chart, charts beyond their box, labels of an axis that overlap, clipped texts, and boxes that scroll
 * without saying so.
 */
export function layoutFlaws(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(${measure})()`);
}

/** Runs in the page, as text: the page's policy allows no functions from outside. */
const measure = `function () {
  const flaws = [];
  const tell = (what, element) =>
    flaws.push(what + ": " + element.tagName + " " + (element.textContent ?? "").trim().slice(0, 50));
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > room) flaws.push("the page scrolls sideways");
  const isShown = (element) => element.checkVisibility();
  for (const element of document.querySelectorAll("body *")) {
    if (!isShown(element) || element.closest(".skip, svg, script")) continue;
    const scroller = element.parentElement.closest(".scroll, nav ul");
    const box = element.getBoundingClientRect();
    const scrolls = scroller && scroller.scrollWidth > scroller.clientWidth;
    if (!scrolls && (box.right > room + 1 || box.left < -1)) tell("beyond the window", element);
    const { overflowX, textOverflow } = getComputedStyle(element);
    const isClipped = overflowX === "hidden" || overflowX === "clip";
    if (isClipped && element.scrollWidth > element.clientWidth + 1 && !element.closest(".plot")) {
      tell("clipped", element);
    }
    if (overflowX === "auto" && element.scrollWidth > element.clientWidth + 1) {
      const hint = getComputedStyle(element, "::before").content;
      if (!element.hasAttribute("data-scrolls")) tell("scrolls without a mark", element);
      if (element.matches(".scroll") && !/Scroll/.test(hint)) tell("scrolls without a hint", element);
    }
  }
  for (const plot of document.querySelectorAll(".plot")) {
    if (!isShown(plot)) continue;
    const box = plot.querySelector(".main-svg").getBoundingClientRect();
    const outer = plot.parentElement;
    if (outer.scrollWidth > outer.clientWidth + 1) tell("a chart wider than its box", outer);
    for (const text of plot.querySelectorAll("svg text")) {
      if (!text.textContent.trim() || text.closest(".hoverlayer, .modebar")) continue;
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const cut = Math.max(box.left - left, right - box.right, box.top - top, bottom - box.bottom);
      if (cut > 1) tell("a text cut by " + cut.toFixed(1) + " px in " + plot.id, text);
    }
    flaws.push(...overlaps(plot));
  }
  return flaws;

  function overlaps(plot) {
    const found = [];
    for (const axis of ["xtick", "x2tick", "x3tick", "ytick", "y2tick"]) {
      const texts = [...plot.querySelectorAll("." + axis + " text")];
      texts.forEach((text, index) => {
        const next = texts[index + 1];
        if (!next) return;
        const angle = Number(/rotate\\((-?[\\d.]+)/.exec(text.getAttribute("transform") ?? "")?.[1] ?? 0);
        const [a, b] = [text.getBoundingClientRect(), next.getBoundingClientRect()];
        const size = parseFloat(getComputedStyle(text).fontSize);
        const isDiagonal = angle % 90 !== 0;
        const gap = isDiagonal
          ? Math.abs(b.right - a.right) * Math.SQRT1_2 - size
          : Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom);
        if (gap < -2) {
          found.push("labels of " + axis + " overlap by " + (-gap).toFixed(1) + " px in " + plot.id +
            ": " + text.textContent.slice(0, 20) + " and " + next.textContent.slice(0, 20));
        }
      });
    }
    return found.slice(0, 3);
  }
}`;
