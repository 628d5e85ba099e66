import type { Page } from "@playwright/test";

/**
 * Texts that end inside a word or a figure: cut off by an edge without a fade or an ellipsis, a figure that ends in an
 * ellipsis, and a word or figure that is broken although a line has room for it.
 */
export function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const clips = (value: string) => value !== "visible";
    const hidden = (element: Element) => element.closest(".visually-hidden, .skip, [hidden], option, script, style, svg") !== null;
    const isFigure = (text: string) => /\d/.test(text) && /^[\s\d.,:+−–()=≈→%-]*(?:\p{Sc}|[A-Z]{3})?[\s\d.,]*$/u.test(text);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (!parent || !text || hidden(parent) || !parent.checkVisibility()) continue;
      if (getComputedStyle(parent).clipPath !== "none") continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rects = [...range.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 0);
      if (rects.length === 0) continue;
      const [left, right] = [Math.min(...rects.map((rect) => rect.left)), Math.max(...rects.map((rect) => rect.right))];
      const [top, bottom] = [Math.min(...rects.map((rect) => rect.top)), Math.max(...rects.map((rect) => rect.bottom))];
      const where = `${parent.closest("[class]")?.className ?? parent.tagName}: ${text.slice(0, 60)}`;
      let inside = false;
      for (let around: Element | null = parent; around && around !== document.body; around = around.parentElement) {
        const style = getComputedStyle(around);
        if (style.clipPath !== "none") inside = true;
        if (style.display === "inline" || !(clips(style.overflowX) || clips(style.overflowY))) continue;
        const box = around.getBoundingClientRect();
        const [from, to] = [box.left + around.clientLeft, box.left + around.clientLeft + around.clientWidth];
        if (clips(style.overflowX) && (left < from - 1 || right > to + 1)) {
          if (style.textOverflow === "ellipsis") {
            if (isFigure(text)) found.add(`a figure ends in an ellipsis: ${where}`);
          } else if (style.maskImage === "none") found.add(`cut at ${around.className || around.tagName}: ${where}`);
          inside = true;
        }
        const [above, below] = [box.top + around.clientTop, box.top + around.clientTop + around.clientHeight];
        // A text of more lines than there are ends in an ellipsis.
        const clamped = style.webkitLineClamp !== "none" && style.webkitLineClamp !== "";
        if (style.overflowY === "hidden" && !clamped && (top < above - 2 || bottom > below + 2)) found.add(`cut in height at ${around.className || around.tagName}: ${where}`);
      }
      if (!inside && (left < -0.5 || right > document.documentElement.clientWidth + 0.5)) found.add(`outside the screen: ${where}`);
      // Broken although a line has room for it.
      const content = node.textContent ?? "";
      for (const match of content.matchAll(/[\p{L}\d][\p{L}\d.,\u202f\u00a0’'-]*/gu)) {
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const lines = [...range.getClientRects()].filter((rect) => rect.width > 0.5);
        if (lines.length < 2 || lines.every((line) => Math.abs(line.top - lines[0].top) < 3)) continue;
        // A browser breaks after a hyphen.
        if (/[\p{L}]-[\p{L}]/u.test(match[0])) continue;
        const width = lines.reduce((sum, line) => sum + line.width, 0);
        if (width < 240 || isFigure(match[0])) found.add(`broken inside "${match[0]}": ${where}`);
      }
    }
    const canvas = document.createElement("canvas").getContext("2d");
    const wide = (element: HTMLElement, text: string) => {
      const style = getComputedStyle(element);
      if (canvas) canvas.font = style.font;
      const room = element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      return (canvas?.measureText(text).width ?? 0) > room + 1;
    };
    for (const field of document.querySelectorAll<HTMLInputElement>("input.input, input.plan-input")) {
      if (!field.checkVisibility() || field.clientWidth === 0) continue;
      const figure = field.classList.contains("num") && /^[\s\d.,+−-]*$/.test(field.value);
      if (figure && (field.scrollWidth > field.clientWidth + 1 || wide(field, field.value))) found.add(`a figure in a field: ${field.id}: ${field.value}`);
      if (!field.value && field.placeholder && wide(field, field.placeholder) && getComputedStyle(field).textOverflow !== "ellipsis") found.add(`a placeholder: ${field.id}: ${field.placeholder}`);
    }
    for (const select of document.querySelectorAll<HTMLSelectElement>("select")) {
      if (!select.checkVisibility() || select.clientWidth === 0) continue;
      const chosen = select.selectedOptions[0]?.text ?? "";
      if (wide(select, chosen) && getComputedStyle(select).textOverflow !== "ellipsis") found.add(`a choice: ${select.id}: ${chosen}`);
    }
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.add(`the page is ${document.documentElement.scrollWidth} px wide`);
    return [...found];
  });
}
