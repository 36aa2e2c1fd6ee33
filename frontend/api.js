// The calls of the clinic's API, one function for each, in the shapes of the services.
// Reads take a signal that ends them. Writes take none: a change under way is not taken back by leaving a page.

import { Fault } from "./faults.js";
import { request } from "./request.js";

const CUSTOMERS = "/api/customers";

export const owners = async (signal) => list(await request(`${CUSTOMERS}/owners`, { signal }));

export const owner = async (id, signal) => found(await request(`${CUSTOMERS}/owners/${id}`, { signal }));

// An owner with pets, and each pet with its visits.
export const ownerDetails = async (id, signal) => found(await request(`/api/gateway/owners/${id}`, { signal }));

export const addOwner = (fields) => request(`${CUSTOMERS}/owners`, { method: "POST", body: fields });

export const changeOwner = (id, fields) => request(`${CUSTOMERS}/owners/${id}`, { method: "PUT", body: fields });

export const petTypes = async (signal) => list(await request(`${CUSTOMERS}/petTypes`, { signal }));

export const pet = async (ownerId, petId, signal) =>
  found(await request(`${CUSTOMERS}/owners/${ownerId}/pets/${petId}`, { signal }));

// The service takes the pet's id from the body; a new one has 0.
export const addPet = (ownerId, fields) =>
  request(`${CUSTOMERS}/owners/${ownerId}/pets`, { method: "POST", body: { id: 0, ...fields } });

export const changePet = (ownerId, petId, fields) =>
  request(`${CUSTOMERS}/owners/${ownerId}/pets/${petId}`, { method: "PUT", body: { id: Number(petId), ...fields } });

export const addVisit = (ownerId, petId, fields) =>
  request(`/api/visits/owners/${ownerId}/pets/${petId}/visits`, { method: "POST", body: fields });

export const vets = async (signal) => list(await request("/api/vets/vets", { signal }));

// The question goes as a JSON text, the answer comes as plain text.
export const ask = (question, signal) =>
  request("/api/genai/chatclient", { method: "POST", body: question, as: "text", signal });

function list(value) {
  if (!Array.isArray(value)) throw new Fault("nonsense");
  return value;
}

// The customers service answers an unknown owner with 200 and nothing.
function found(value) {
  if (value === null) throw new Fault("missing");
  if (typeof value !== "object" || Array.isArray(value)) throw new Fault("nonsense");
  return value;
}
