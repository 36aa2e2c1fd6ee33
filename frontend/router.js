// Screens by the part of the address after `#`: a static host serves one file, and no rewriting is needed.
//
// A screen is an async function of `{id, pet, query, signal}` that returns `{title, content}`. While it works the
// last screen stays for a moment, then a placeholder comes; a screen that rejects is shown as a failure.

import { Fault } from "./faults.js";
import { clearNotice, showNotice } from "./notice.js";
import { failure, loading } from "./states.js";

const PATIENCE_MS = 150;
const NAME = "PetClinic";

let routes = [];
let outlet = null;
let stop = new AbortController();
let shown = "";
let pendingNotice = "";

// Scroll positions by history entry, so that Back leads to where one was.
const positions = new Map();
let entry = "";
let settled = false;

// Starts with rows `{path, title, screen, section, changes}`; a `:name` in a path stands for a whole number.
// `changes` says that the screen shows what others may change, so that `refresh` asks for it anew.
export function start(table, element) {
  routes = table;
  outlet = element;
  history.scrollRestoration = "manual";
  addEventListener("hashchange", () => arrive());
  addEventListener("scroll", () => settled && positions.set(entry, scrollY), { passive: true });
  arrive();
}

// Leads to a path in place of the present one, so that Back does not return to a form that was sent.
export function leaveTo(path, notice) {
  pendingNotice = notice;
  location.replace(`#${path}`);
}

// Notes a query in the address without leaving the screen.
export function noteQuery(query) {
  const text = new URLSearchParams(query).toString();
  const path = location.hash.split("?")[0] || "#/owners";
  history.replaceState(history.state, "", text ? `${path}?${text}` : path);
}

// Shows what changed elsewhere, if this screen can have changed; failures and focus are left alone.
export async function refresh() {
  const { route, ids, query } = resolve(location.hash);
  if (!route?.changes || !settled) return;
  const { signal } = stop;
  const screen = await route.screen({ ...ids, query, signal }).catch(() => null);
  if (screen && !signal.aborted && !outlet.contains(document.activeElement)) outlet.replaceChildren(...screen.content);
}

async function arrive() {
  stop.abort();
  stop = new AbortController();
  const { signal } = stop;
  const { route, ids, query } = resolve(location.hash);
  const isFirst = !shown;
  shown = location.hash || "#/";
  settled = false;
  entry = history.state?.entry ?? crypto.randomUUID?.() ?? String(Math.random());
  history.replaceState({ entry }, "");
  clearNotice();
  mark(route?.section);
  outlet.setAttribute("aria-busy", "true");
  const hold = setTimeout(() => show(route?.title ?? NAME, loading(route?.title ?? NAME), isFirst), PATIENCE_MS);
  try {
    if (!route) throw new Fault("missing");
    const { title, content } = await route.screen({ ...ids, query, signal });
    if (signal.aborted) return;
    show(title, content, isFirst);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Fault)) console.error(error);
    const screen = failure(error, arrive);
    show(screen.querySelector("h1").textContent, [screen], false);
  } finally {
    clearTimeout(hold);
    if (!signal.aborted) {
      outlet.setAttribute("aria-busy", "false");
      scrollTo(0, positions.get(entry) ?? 0);
      settled = true;
      if (pendingNotice) showNotice(pendingNotice);
      pendingNotice = "";
    }
  }
}

function resolve(hash) {
  const [path, search = ""] = hash.replace(/^#/, "").split("?", 2);
  const query = new URLSearchParams(search);
  const segments = path.split("/").filter(Boolean);
  for (const route of routes) {
    const ids = matched(route.path.split("/").filter(Boolean), segments);
    if (ids) return { route, ids, query };
  }
  return { route: null, ids: {}, query };
}

function matched(pattern, segments) {
  if (pattern.length !== segments.length) return null;
  const ids = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(":")) {
      if (!/^[1-9][0-9]{0,9}$/.test(segments[index])) return null;
      ids[part.slice(1)] = segments[index];
    } else if (part !== segments[index]) return null;
  }
  return ids;
}

// Replaces the screen. The heading takes the focus, so that keyboard and screen reader start there, but not when
// the page opens, and not from someone who is busy elsewhere, as in the chat.
function show(title, content, isFirst) {
  const { activeElement } = document;
  const isFree = activeElement === document.body || outlet.contains(activeElement) || activeElement.closest("nav");
  document.title = title === NAME ? NAME : `${title} · ${NAME}`;
  outlet.replaceChildren(...content);
  if (!isFirst && isFree) outlet.querySelector("h1")?.focus({ preventScroll: true });
}

function mark(section) {
  for (const link of document.querySelectorAll("nav [data-section]")) {
    if (link.dataset.section === section) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
