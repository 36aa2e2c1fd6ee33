// The assistant: a panel beside the screens, or over them where the screen is narrow. What was said lives as long
// as the page and is sent nowhere: each question stands alone.

import * as api from "./api.js";
import { el } from "./dom.js";
import { Fault, told } from "./faults.js";
import { prose } from "./prose.js";

const SLOW_MS = 8_000;
const NARROW = matchMedia("(max-width: 40rem)");
const EXAMPLES = ["Which vets do surgery?", "Who owns a cat?", "How do I add a pet?"];

const panel = document.getElementById("chat");
const opener = document.getElementById("ask");
const log = document.getElementById("chat-log");
const question = document.getElementById("chat-question");
const send = document.getElementById("chat-send");

let asking = null;

// `answered` is called after each answer, for the assistant may have changed what is on the screen.
export function startChat(answered) {
  opener.addEventListener("click", () => (panel.open ? close() : open()));
  document.getElementById("chat-close").addEventListener("click", close);
  panel.addEventListener("close", () => {
    opener.setAttribute("aria-expanded", "false");
    // The browser returns the focus to where it was, but Safari gives a clicked button none.
    opener.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    close();
  });
  question.addEventListener("keydown", (event) => {
    // An Enter that ends the composing of a syllable is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit(answered);
  });
  document.getElementById("chat-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (asking) asking.abort();
    else submit(answered);
  });
  // Where it covers the screen, a link or Back is a wish to see what lies below.
  addEventListener("hashchange", () => NARROW.matches && panel.open && close());
  log.append(welcome(answered));
}

function open() {
  if (NARROW.matches) panel.showModal();
  else panel.show();
  opener.setAttribute("aria-expanded", "true");
  question.focus();
}

function close() {
  panel.close();
}

function welcome(answered) {
  const choose = (text) => () => {
    question.value = text;
    submit(answered);
    question.focus();
  };
  return el(
    "div",
    { class: "welcome" },
    el("p", {}, "Ask in your own words, for instance:"),
    EXAMPLES.map((text) => el("button", { class: "button", type: "button", onclick: choose(text) }, text)),
  );
}

async function submit(answered) {
  const text = question.value.trim();
  if (asking || !text) {
    question.focus();
    return;
  }
  log.querySelector(".welcome")?.remove();
  question.value = "";
  add("said mine", "You", [el("p", { dir: "auto" }, text)]);
  const waiting = add("said waiting", "Assistant", [el("p", {}, "Thinking…")]);
  const slow = setTimeout(() => {
    waiting.lastElementChild.textContent = "Still thinking; this can take half a minute…";
  }, SLOW_MS);
  asking = new AbortController();
  const { signal } = asking;
  send.textContent = "Stop";
  try {
    const answer = prose(await api.ask(text, signal));
    if (!answer.length) throw new Fault("nonsense");
    add("said", "Assistant", answer);
    answered();
  } catch (error) {
    if (!signal.aborted && !(error instanceof Fault)) console.error(error);
    add("said trouble", "Assistant", apology(error, signal.aborted));
    // The question is not lost, unless another is being written.
    if (!question.value) question.value = text;
  } finally {
    clearTimeout(slow);
    waiting.remove();
    asking = null;
    send.textContent = "Send";
  }
}

function apology(error, isStopped) {
  const perhaps = "If you asked for a change, it may have been made all the same: look before you ask again.";
  if (isStopped) return [el("p", {}, "You stopped this question."), el("p", {}, perhaps)];
  if (error.kind === "failed") return [el("p", {}, "The assistant is not available at the moment. Try again in a little while.")];
  const { title, text } = told(error);
  return [el("p", {}, `${title}. ${text}`), error.kind === "slow" && el("p", {}, perhaps)].filter(Boolean);
}

function add(kind, speaker, content) {
  const message = el("article", { class: kind }, el("h3", {}, speaker), content);
  log.append(message);
  log.scrollTop = log.scrollHeight;
  return message;
}
