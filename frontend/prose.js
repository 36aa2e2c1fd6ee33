// The model's answer as paragraphs and lists. It is text that nobody vouches for: nothing in it becomes a link,
// an image or markup, and marks of emphasis are dropped.

import { el } from "./dom.js";

const BULLET = /^\s*[-*•]\s+(.*)$/;
const NUMBER = /^\s*\d{1,3}[.)]\s+(.*)$/;
const HEADING = /^\s*#{1,6}\s+/;

// Returns elements for the text; an answer without words gives none.
export function prose(text) {
  const blocks = [];
  let open = null;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const found = kindOf(line);
    if (!found) {
      open = null;
      continue;
    }
    if (open?.kind !== found.kind) blocks.push((open = { kind: found.kind, lines: [] }));
    open.lines.push(found.text.replace(/\*\*|__|`/g, ""));
  }
  return blocks.map(element);
}

function kindOf(line) {
  if (!line.trim()) return null;
  const bullet = line.match(BULLET);
  if (bullet) return { kind: "ul", text: bullet[1] };
  const number = line.match(NUMBER);
  if (number) return { kind: "ol", text: number[1] };
  return { kind: "p", text: line.replace(HEADING, "").trim() };
}

function element({ kind, lines }) {
  if (kind !== "p") return el(kind, {}, lines.map((line) => el("li", { dir: "auto" }, line)));
  return el("p", { dir: "auto" }, lines.flatMap((line, index) => (index ? [el("br"), line] : [line])));
}
