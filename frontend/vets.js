// Lists the vets through the API of the same origin; names are data, so they are set as text, never as HTML.
const state = document.getElementById("state");
const list = document.getElementById("vets");

function row(vet) {
  const item = document.createElement("li");
  const skills = vet.specialties.map((specialty) => specialty.name).join(", ") || "general practice";
  item.textContent = `${vet.firstName} ${vet.lastName}: ${skills}`;
  return item;
}

try {
  const answer = await fetch("/api/vets/vets", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const vets = await answer.json();
  list.replaceChildren(...vets.map(row));
  state.textContent = vets.length ? "" : "Nobody is on duty.";
} catch {
  state.textContent = "The clinic does not answer. Try again in a minute.";
}
