// What can go wrong between page and API, and how it is told to people.

// `kind` is a key of the tables below, `fields` are messages of the services by field name.
export class Fault extends Error {
  constructor(kind, { status = 0, fields = {} } = {}) {
    super(kind);
    this.kind = kind;
    this.status = status;
    this.fields = fields;
  }
}

// The kind of a status that is no success.
export function kindOf(status) {
  if (status >= 500) return status === 504 ? "slow" : "failed";
  return { 403: "refused", 404: "missing", 413: "large", 429: "busy" }[status] ?? "invalid";
}

const SENTENCES = {
  offline: ["You are offline", "Check the connection of this device, then try again."],
  unreachable: ["The clinic does not answer", "Its service could not be reached. Try again in a minute."],
  slow: ["The clinic takes too long", "No answer came in time. Try again in a minute."],
  failed: ["The clinic has a problem", "Its service failed to answer. Try again in a minute."],
  busy: ["The clinic is busy", "Too many requests came at once. Wait a moment, then try again."],
  missing: ["This is not here", "It may have been removed, or the address is wrong."],
  refused: ["The clinic refused this", "What was sent was turned away before it reached the service."],
  large: ["This is too long", "Shorten the text, then try again."],
  invalid: ["The clinic could not accept this", "Check what you entered, then try again."],
  nonsense: ["The answer could not be read", "The clinic answered in a form that this page does not know."],
  unconfigured: ["This page is not set up", "Its file config.json does not say where the clinic's service is."],
  broken: ["Something went wrong in this page", "Reload it, then try again."],
};

// After these nobody knows whether a change was made.
const UNCERTAIN = new Set(["unreachable", "slow", "failed", "nonsense"]);
const PERHAPS = "It is not known whether the change was made: look before you send it again.";

// Returns title and text for an error of any sort; `writing` is for requests that change something.
export function told(error, { writing = false } = {}) {
  const kind = error instanceof Fault ? error.kind : "broken";
  const [title, text] = SENTENCES[kind];
  return { title, text: writing && UNCERTAIN.has(kind) ? PERHAPS : text };
}

// Whether the same request may succeed later.
export function mayPass(error) {
  return !(error instanceof Fault && error.kind === "missing");
}
