// Starts the page: its screens, the chat, and what watches over both.

import { startChat } from "./chat.js";
import { watchConnection } from "./connection.js";
import { refresh, start } from "./router.js";
import { ownerScreen } from "./views/owner.js";
import { editOwnerScreen, newOwnerScreen } from "./views/owner_form.js";
import { ownersScreen } from "./views/owners.js";
import { editPetScreen, newPetScreen } from "./views/pet_form.js";
import { vetsScreen } from "./views/vets.js";
import { newVisitScreen } from "./views/visit_form.js";

const ROUTES = [
  { path: "/", section: "owners", title: "Owners", screen: ownersScreen, changes: true },
  { path: "/owners", section: "owners", title: "Owners", screen: ownersScreen, changes: true },
  { path: "/owners/new", section: "owners", title: "New owner", screen: newOwnerScreen },
  { path: "/owners/:id", section: "owners", title: "Owner", screen: ownerScreen, changes: true },
  { path: "/owners/:id/edit", section: "owners", title: "Edit owner", screen: editOwnerScreen },
  { path: "/owners/:id/pets/new", section: "owners", title: "New pet", screen: newPetScreen },
  { path: "/owners/:id/pets/:pet/edit", section: "owners", title: "Edit pet", screen: editPetScreen },
  { path: "/owners/:id/pets/:pet/visits/new", section: "owners", title: "New visit", screen: newVisitScreen },
  { path: "/vets", section: "vets", title: "Vets", screen: vetsScreen },
];

const main = document.getElementById("main");

// The address after `#` belongs to the screens, so this link moves the focus itself.
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

watchConnection();
startChat(refresh);
start(ROUTES, main);
