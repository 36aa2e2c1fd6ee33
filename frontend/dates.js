// Days of the calendar as the services write them, `yyyy-MM-dd`, and as people read them.

const FORM = /^\d{4}-\d{2}-\d{2}/;
const READABLE = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });

// Returns the day part of a date or timestamp, or an empty text for anything else.
export function dayOf(value) {
  const day = typeof value === "string" ? value.match(FORM)?.[0] : undefined;
  return day && !Number.isNaN(Date.parse(day)) ? day : "";
}

export function readable(day) {
  return day ? READABLE.format(new Date(day)) : "unknown";
}

// Returns today where the user is, not in UTC.
export function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

// Returns an age like "3 years" or "5 months", or an empty text for a day that is unknown or to come.
export function age(day, now = today()) {
  if (!day || day > now) return "";
  const [year, month, date] = day.split("-").map(Number);
  const [nowYear, nowMonth, nowDate] = now.split("-").map(Number);
  const months = (nowYear - year) * 12 + nowMonth - month - (nowDate < date ? 1 : 0);
  if (months < 1) return "under a month";
  return months < 24 ? count(months, "month") : count(Math.floor(months / 12), "year");
}

export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
