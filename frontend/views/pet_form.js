// Adding a pet to an owner and changing one.

import * as api from "../api.js";
import { dayOf, today } from "../dates.js";
import { form } from "../form.js";
import { leaveTo } from "../router.js";
import { head, nameOf } from "./parts.js";

export async function newPetScreen({ id, signal }) {
  const [owner, types] = await Promise.all([api.owner(id, signal), api.petTypes(signal)]);
  const here = `#/owners/${id}`;
  const send = async (values) => {
    await api.addPet(id, bodyOf(values));
    if (!signal.aborted) leaveTo(`/owners/${id}`, `${values.name} was added.`);
  };
  return {
    title: "New pet",
    content: [
      head("New pet", { back: { href: here, text: nameOf(owner) } }),
      form({ fields: fieldsOf({}, types), action: "Add pet", cancel: here, send }),
    ],
  };
}

export async function editPetScreen({ id, pet: petId, signal }) {
  const [pet, types] = await Promise.all([api.pet(id, petId, signal), api.petTypes(signal)]);
  const here = `#/owners/${id}`;
  const send = async (values) => {
    await api.changePet(id, petId, bodyOf(values));
    if (!signal.aborted) leaveTo(`/owners/${id}`, `${values.name} was saved.`);
  };
  return {
    title: `Edit ${pet.name}`,
    content: [
      head("Edit pet", { back: { href: here, text: pet.owner || "Owner" } }),
      form({ fields: fieldsOf(pet, types), action: "Save pet", cancel: here, send }),
    ],
  };
}

const bodyOf = ({ name, birthDate, typeId }) => ({ name, birthDate, typeId: Number(typeId) });

function fieldsOf(pet, types) {
  return [
    { name: "name", label: "Name", limit: 30, value: pet.name ?? "", autocomplete: "off" },
    {
      name: "birthDate",
      label: "Birth date",
      kind: "date",
      value: dayOf(pet.birthDate),
      max: today(),
      check: (value) => (value > today() ? "This day is still to come." : ""),
    },
    {
      name: "typeId",
      label: "Type",
      kind: "choice",
      value: pet.type?.id ?? "",
      options: [["", "Choose a type"], ...types.map((type) => [type.id, type.name])],
    },
  ];
}
