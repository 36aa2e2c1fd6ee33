// A form that checks its fields, sends once, and says at each field what is wrong.

import { el } from "./dom.js";
import { Fault, told } from "./faults.js";

// Returns the form. A field is `{name, label, value, limit, kind, hint, check, options, ...attributes}`:
// `kind` is `text`, `date`, `area` or `choice`, every field is required, `check` returns a message or nothing.
// `send` gets the values by name and resolves when the change was made; `cancel` is an address.
export function form({ fields, action, cancel, send }) {
  const rows = fields.map(row);
  const trouble = el("div", { class: "trouble", role: "alert" });
  const button = el("button", { class: "button primary", type: "submit" }, action);
  let isSending = false;

  async function submit(event) {
    event.preventDefault();
    // The button stays operable, for a disabled one loses the focus; so a second press must end here.
    if (isSending) return;
    trouble.replaceChildren();
    if (!accepted(rows, Object.fromEntries(rows.map((item) => [item.field.name, wrong(item)])))) return;
    isSending = true;
    element.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    button.textContent = "Saving…";
    try {
      await send(Object.fromEntries(rows.map((item) => [item.field.name, valueOf(item)])));
    } catch (error) {
      if (!(error instanceof Fault)) console.error(error);
      if (accepted(rows, error.fields ?? {})) {
        const { title, text } = told(error, { writing: true });
        trouble.replaceChildren(el("strong", {}, title), el("p", {}, text));
      }
    } finally {
      isSending = false;
      element.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
      button.textContent = action;
    }
  }

  const element = el(
    "form",
    { class: "card form", novalidate: true, onsubmit: submit },
    rows.map((item) => item.element),
    trouble,
    el("div", { class: "actions" }, button, el("a", { class: "button", href: cancel }, "Cancel")),
  );
  return element;
}

function row(field) {
  const { name, label, value = "", kind = "text", hint, options = [], limit, check, ...attributes } = field;
  const id = `field-${name}`;
  const message = el("p", { class: "wrong", id: `${id}-wrong` });
  const advice = hint && el("p", { class: "hint", id: `${id}-hint` }, hint);
  const shared = { id, name, required: true, "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-wrong`, ...attributes };
  const control = {
    text: () => el("input", { type: "text", ...shared }),
    date: () => el("input", { type: "date", ...shared }),
    area: () => el("textarea", { rows: "5", ...shared }),
    choice: () => el("select", shared, options.map(([key, text]) => el("option", { value: key }, text))),
  }[kind]();
  control.value = value;
  const item = { field, control, message };
  control.addEventListener("input", () => message.textContent && mark(item, wrong(item)));
  item.element = el("div", { class: "field" }, el("label", { for: id }, label), advice, control, message);
  return item;
}

const valueOf = (item) => item.control.value.trim();

function wrong(item) {
  const { label, limit, check } = item.field;
  const value = valueOf(item);
  // A date that is typed in part reads as empty.
  if (item.control.validity.badInput) return "This is no whole date.";
  if (!value) return `${label} is missing.`;
  if (limit && value.length > limit) return `At most ${limit} characters; these are ${value.length}.`;
  return check?.(value) ?? "";
}

// Shows the messages by name and leads to the first field that has one; returns whether there was none.
function accepted(rows, messages) {
  for (const item of rows) mark(item, messages[item.field.name] ?? "");
  const first = rows.find((item) => item.message.textContent);
  first?.control.focus();
  return !first;
}

function mark(item, message) {
  item.message.textContent = message;
  if (message) item.control.setAttribute("aria-invalid", "true");
  else item.control.removeAttribute("aria-invalid");
}
