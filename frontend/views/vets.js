// The vets and what they are trained in.

import * as api from "../api.js";
import { count } from "../dates.js";
import { el, written } from "../dom.js";
import { empty } from "../states.js";
import { head, monogram, nameOf } from "./parts.js";

export async function vetsScreen({ signal }) {
  const vets = await api.vets(signal);
  if (vets.length === 0) {
    return { title: "Vets", content: [head("Vets"), empty("No vets yet", "The clinic has not entered any.")] };
  }
  const below = count(vets.length, "vet");
  return { title: "Vets", content: [head("Vets", { below }), el("ul", { class: "vets" }, vets.map(card))] };
}

function card(vet) {
  const specialties = (vet.specialties ?? []).map((specialty) => el("li", { class: "chip" }, written(specialty.name)));
  return el(
    "li",
    { class: "card vet" },
    monogram(vet.lastName ?? ""),
    el(
      "div",
      { class: "who" },
      el("h2", {}, written(nameOf(vet))),
      specialties.length > 0
        ? el("ul", { class: "chips", "aria-label": "Specialties" }, specialties)
        : el("p", { class: "muted" }, "General practice"),
    ),
  );
}
