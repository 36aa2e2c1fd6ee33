// One request to the API: bounded in time, and with every failure as a `Fault`.

import { apiAddress } from "./configuration.js";
import { Fault, kindOf } from "./faults.js";

// API Gateway gives up after 29 seconds and CloudFront after 30, so nothing comes later than that.
const LIMIT_MS = 32_000;

// Returns the answer's body: parsed JSON, or text with `as: "text"`. An empty body is null.
// `body` is sent as JSON. An aborted `signal` rejects with its reason, which is no fault.
export async function request(path, { method = "GET", body, as = "json", signal } = {}) {
  const address = await apiAddress();
  signal?.throwIfAborted();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Fault("slow")), LIMIT_MS);
  const follow = () => stop.abort(signal.reason);
  signal?.addEventListener("abort", follow);
  try {
    const answer = await fetch(address + path, {
      method,
      cache: "no-store",
      signal: stop.signal,
      headers: {
        Accept: as === "text" ? "text/plain" : "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Fault(kindOf(answer.status), { status: answer.status, fields: fieldsOf(text) });
    return as === "text" ? plain(answer, text) : parsed(text);
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason;
    if (error instanceof Fault) throw error;
    throw new Fault(navigator.onLine ? "unreachable" : "offline");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", follow);
  }
}

function parsed(text) {
  try {
    return text.trim() ? JSON.parse(text) : null;
  } catch {
    throw new Fault("nonsense");
  }
}

function plain(answer, text) {
  if (!answer.headers.get("Content-Type")?.startsWith("text/plain")) throw new Fault("nonsense");
  return text;
}

// The services' error object has `errors: [{field, defaultMessage}]`; others may answer anything.
function fieldsOf(text) {
  let errors;
  try {
    errors = JSON.parse(text)?.errors;
  } catch {
    return {};
  }
  if (!Array.isArray(errors)) return {};
  const told = errors.filter((item) => typeof item?.field === "string" && typeof item.defaultMessage === "string");
  return Object.fromEntries(told.map((item) => [item.field, item.defaultMessage]));
}
