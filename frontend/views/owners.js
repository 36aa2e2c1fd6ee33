// The list of owners and the search by last name. The service lists all owners, so the search is made here.

import * as api from "../api.js";
import { count } from "../dates.js";
import { el, written } from "../dom.js";
import { noteQuery } from "../router.js";
import { empty } from "../states.js";
import { head, monogram, nameOf } from "./parts.js";

const AT_ONCE = 50;
const ORDER = new Intl.Collator("en", { sensitivity: "base" });

export async function ownersScreen({ query, signal }) {
  const owners = (await api.owners(signal)).sort(
    (one, other) => ORDER.compare(one.lastName, other.lastName) || ORDER.compare(one.firstName, other.firstName),
  );
  const add = el("a", { class: "button primary", href: "#/owners/new" }, "Add owner");
  if (owners.length === 0) {
    const nobody = empty("No owners yet", "The first one you add appears here.", el("div", { class: "actions" }, add));
    return { title: "Owners", content: [head("Owners"), nobody] };
  }
  const said = el("p", { class: "said-count", role: "status" });
  const list = el("div");
  const search = el("input", {
    id: "search",
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => {
      noteQuery(search.value ? { lastName: search.value } : {});
      fill();
    },
  });
  search.value = query.get("lastName") ?? "";

  function fill() {
    const wanted = folded(search.value);
    const found = owners.filter((owner) => folded(owner.lastName).includes(wanted));
    said.textContent = wanted ? `${found.length} of ${count(owners.length, "owner")}` : count(owners.length, "owner");
    list.replaceChildren(
      found.length > 0 ? listed(found) : empty("Nobody by that name", "The search looks at last names only."),
    );
  }

  fill();
  const tools = el(
    "form",
    { class: "search", role: "search", onsubmit: (event) => event.preventDefault() },
    el("label", { for: "search" }, "Last name"),
    search,
  );
  return { title: "Owners", content: [head("Owners", { actions: [add] }), tools, said, list] };
}

// Long lists come in parts, so that a clinic with thousands of owners does not freeze the page.
function listed(owners) {
  const list = el("ul", { class: "rows card" });
  const more = el("button", { class: "button more", type: "button", onclick: grow }, "Show more");

  function grow() {
    const from = list.childElementCount;
    list.append(...owners.slice(from, from + AT_ONCE).map(row));
    more.hidden = list.childElementCount === owners.length;
    if (from > 0) list.children[from].querySelector("a").focus();
  }

  grow();
  return el("div", {}, list, more);
}

function row(owner) {
  const pets = (owner.pets ?? []).map((pet) => el("li", { class: "chip" }, written(pet.name)));
  return el(
    "li",
    {},
    monogram(owner.lastName ?? ""),
    el(
      "div",
      { class: "who" },
      el("a", { class: "whole", href: `#/owners/${owner.id}` }, written(nameOf(owner))),
      el("p", { class: "muted" }, written(owner.city ?? "")),
    ),
    pets.length > 0 ? el("ul", { class: "chips", "aria-label": "Pets" }, pets) : el("p", { class: "muted none" }, "No pets"),
  );
}

// Returns a text for comparing: case and accents do not count, and a Hangul syllable is its letters.
function folded(text) {
  return (text ?? "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
