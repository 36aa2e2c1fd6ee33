// Where the API is: deploy writes `config.json` beside this page, `{"api": "<what stands before a route's path>"}`.
// The address is empty where the page's own origin leads to the API.

import { Fault } from "./faults.js";

let reading = null;

// Returns the address without a slash at its end. What was read once is kept; a failure is not.
export function apiAddress() {
  reading ??= read().catch((error) => {
    reading = null;
    throw error;
  });
  return reading;
}

async function read() {
  let answer;
  try {
    answer = await fetch(new URL("config.json", import.meta.url), { cache: "no-cache" });
  } catch {
    throw new Fault(navigator.onLine ? "unreachable" : "offline");
  }
  const content = answer.ok ? await answer.json().catch(() => null) : null;
  const api = content?.api;
  if (typeof api !== "string" || !/^(https?:\/\/.+)?$/.test(api)) throw new Fault("unconfigured");
  return api.replace(/\/+$/, "");
}
