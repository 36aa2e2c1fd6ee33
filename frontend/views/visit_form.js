// Adding a visit of a pet.

import * as api from "../api.js";
import { today } from "../dates.js";
import { Fault } from "../faults.js";
import { form } from "../form.js";
import { leaveTo } from "../router.js";
import { head } from "./parts.js";

// The most characters of a description that the service takes.
const DESCRIPTION = 8192;

export async function newVisitScreen({ id, pet: petId, signal }) {
  const owner = await api.owner(id, signal);
  const pet = (owner.pets ?? []).find((item) => String(item.id) === petId);
  if (!pet) throw new Fault("missing");
  const here = `#/owners/${id}`;
  const send = async (values) => {
    await api.addVisit(id, petId, values);
    if (!signal.aborted) leaveTo(`/owners/${id}`, `The visit of ${pet.name} was added.`);
  };
  const fields = [
    { name: "date", label: "Date", kind: "date", value: today() },
    { name: "description", label: "Description", kind: "area", limit: DESCRIPTION, autocomplete: "off" },
  ];
  return {
    title: `New visit for ${pet.name}`,
    content: [
      head(`New visit for ${pet.name}`, { back: { href: here, text: `${owner.firstName} ${owner.lastName}` } }),
      form({ fields, action: "Add visit", cancel: here, send }),
    ],
  };
}
