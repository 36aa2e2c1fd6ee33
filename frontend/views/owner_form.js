// Adding an owner and changing one. Limits are those of the service and of the columns behind it.

import * as api from "../api.js";
import { form } from "../form.js";
import { leaveTo } from "../router.js";
import { head, nameOf } from "./parts.js";

export async function newOwnerScreen({ signal }) {
  const send = async (values) => {
    const owner = await api.addOwner(values);
    if (!signal.aborted) leaveTo(owner?.id ? `/owners/${owner.id}` : "/owners", `${nameOf(values)} was added.`);
  };
  return {
    title: "New owner",
    content: [
      head("New owner", { back: { href: "#/owners", text: "Owners" } }),
      form({ fields: fieldsOf({}), action: "Add owner", cancel: "#/owners", send }),
    ],
  };
}

export async function editOwnerScreen({ id, signal }) {
  const owner = await api.owner(id, signal);
  const here = `#/owners/${id}`;
  const send = async (values) => {
    await api.changeOwner(id, values);
    if (!signal.aborted) leaveTo(`/owners/${id}`, "The owner was saved.");
  };
  return {
    title: `Edit ${nameOf(owner)}`,
    content: [
      head("Edit owner", { back: { href: here, text: nameOf(owner) } }),
      form({ fields: fieldsOf(owner), action: "Save owner", cancel: here, send }),
    ],
  };
}

// The names of autocomplete are off on purpose: the person at the keyboard is not the owner.
function fieldsOf(owner) {
  const field = (name, label, limit, more = {}) => ({ name, label, limit, value: owner[name] ?? "", autocomplete: "off", ...more });
  return [
    field("firstName", "First name", 30),
    field("lastName", "Last name", 30),
    field("address", "Address", 255),
    field("city", "City", 80),
    field("telephone", "Telephone", undefined, {
      type: "tel",
      inputmode: "numeric",
      hint: "Digits only, at most 12",
      check: (value) => {
        if (!/^[0-9]*$/.test(value)) return "Only digits, without spaces or signs.";
        return value.length > 12 ? `At most 12 digits; these are ${value.length}.` : "";
      },
    }),
  ];
}
