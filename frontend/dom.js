// Elements from plain values. Text only ever becomes text nodes, so data cannot become markup.

// Returns an element. Attributes: `onclick` and the like take functions, true and false set or leave out,
// null and undefined leave out. Children: nodes, texts, and lists of them; null, undefined and false are skipped.
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

// Text that people wrote: it keeps its own direction and does not turn the text around it.
export const written = (text) => el("bdi", {}, text);

const present = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
