// Pieces that several screens show: headings with their actions, the way back, monograms, names.

import { el, written } from "../dom.js";

// Returns the head of a screen: a way back, the heading, what is said below it, and actions.
export function head(title, { back, below, actions = [] } = {}) {
  return el(
    "div",
    { class: "head" },
    back && el("a", { class: "back", href: back.href }, el("span", { "aria-hidden": "true" }, "← "), written(back.text)),
    el(
      "div",
      { class: "head-line" },
      el("div", {}, el("h1", { tabindex: "-1" }, written(title)), below && el("p", { class: "below" }, below)),
      actions.length > 0 && el("div", { class: "actions" }, actions),
    ),
  );
}

// Returns the first letter of a name in a circle, for the eye alone.
export function monogram(name) {
  const [letter] = name.normalize("NFC").trim() || "?";
  return el("span", { class: "monogram", "aria-hidden": "true" }, letter.toUpperCase());
}

export function nameOf(person) {
  return [person.firstName, person.lastName].filter(Boolean).join(" ") || "Without a name";
}
