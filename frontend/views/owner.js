// An owner with pets, and each pet with its visits.

import * as api from "../api.js";
import { age, count, dayOf, readable } from "../dates.js";
import { el, written } from "../dom.js";
import { empty } from "../states.js";
import { head, monogram, nameOf } from "./parts.js";

export async function ownerScreen({ id, signal }) {
  const owner = await api.ownerDetails(id, signal);
  const pets = owner.pets ?? [];
  const addPet = el("a", { class: "button", href: `#/owners/${id}/pets/new` }, "Add pet");
  const edit = el("a", { class: "button", href: `#/owners/${id}/edit` }, "Edit owner");
  const title = nameOf(owner);
  return {
    title,
    content: [
      head(title, { back: { href: "#/owners", text: "Owners" }, actions: [edit] }),
      details(owner),
      el(
        "section",
        { "aria-labelledby": "pets-title" },
        el("div", { class: "head-line section" }, el("h2", { id: "pets-title" }, "Pets"), addPet),
        pets.length > 0
          ? el("div", { class: "pets" }, pets.map((pet) => petCard(id, pet)))
          : empty("No pets yet", "Pets that you add appear here, with their visits."),
      ),
    ],
  };
}

function details(owner) {
  const telephone = owner.telephone ?? "";
  const number = /^[0-9]+$/.test(telephone) ? el("a", { href: `tel:${telephone}` }, telephone) : written(telephone);
  const rows = [
    ["Address", written(owner.address ?? "")],
    ["City", written(owner.city ?? "")],
    ["Telephone", number],
  ];
  return el("dl", { class: "card facts" }, rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function petCard(ownerId, pet) {
  const born = dayOf(pet.birthDate);
  const years = age(born);
  const about = [pet.type?.name, born && `born ${readable(born)}`, years && `${years} old`].filter(Boolean).join(" · ");
  const address = `#/owners/${ownerId}/pets/${pet.id}`;
  const name = pet.name || "Without a name";
  const titleId = `pet-${pet.id}`;
  const action = (href, words, whose) => el("a", { class: "button small", href }, words, el("span", { class: "unseen" }, whose));
  return el(
    "article",
    { class: "card pet", "aria-labelledby": titleId },
    el(
      "div",
      { class: "pet-head" },
      monogram(name),
      el("div", { class: "who" }, el("h3", { id: titleId }, written(name)), el("p", { class: "muted" }, written(about))),
      el(
        "div",
        { class: "actions" },
        action(`${address}/visits/new`, "Add visit", ` for ${name}`),
        action(`${address}/edit`, "Edit", ` ${name}`),
      ),
    ),
    visitList(pet.visits ?? []),
  );
}

function visitList(visits) {
  if (visits.length === 0) return el("p", { class: "muted no-visits" }, "No visits yet");
  const newestFirst = [...visits].sort((one, other) => dayOf(other.date).localeCompare(dayOf(one.date)) || other.id - one.id);
  return el(
    "div",
    { class: "visits" },
    el("h4", {}, count(visits.length, "visit")),
    el(
      "ul",
      {},
      newestFirst.map((visit) =>
        el(
          "li",
          {},
          el("time", { datetime: dayOf(visit.date) || null }, readable(dayOf(visit.date))),
          el("p", { dir: "auto" }, visit.description || "Without a description"),
        ),
      ),
    ),
  );
}
