// What a screen shows when there is nothing to show: still loading, nothing there, or a failure.

import { el } from "./dom.js";
import { mayPass, told } from "./faults.js";

const SLOW_MS = 4_000;

// Returns a placeholder that says after a while that it still waits.
export function loading(title) {
  const words = el("p", { class: "unseen", role: "status" }, "Loading…");
  setTimeout(() => {
    if (!words.isConnected) return;
    words.textContent = "Still waiting for the clinic…";
    words.className = "slow";
  }, SLOW_MS);
  const bars = () => el("div", { class: "bone", "aria-hidden": "true" });
  return [el("h1", { tabindex: "-1" }, title), words, bars(), bars(), bars()];
}

export function empty(title, text, ...actions) {
  return el("div", { class: "state" }, el("p", { class: "state-title" }, title), el("p", {}, text), ...actions);
}

// Returns the screen of a failure; `retry` is called by its button.
export function failure(error, retry) {
  const { title, text } = told(error);
  return el(
    "div",
    { class: "state" },
    el("h1", { tabindex: "-1" }, title),
    el("p", {}, text),
    el(
      "div",
      { class: "actions" },
      mayPass(error) && el("button", { class: "button primary", type: "button", onclick: retry }, "Try again"),
      el("a", { class: "button", href: "#/owners" }, "To the owners"),
    ),
  );
}
