// Days and instants in the reader's language, as api/web/language.py words them.

import { say } from "./dom.js";

const DAY = /^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]+Z)?)?)?$/;

const locale = () => (document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang);

// A date as statements have it: a year, month or day, an interval of these, or an instant's day; any other text as it
// stands. `words` are the page's.
export function dayText(value, words) {
  const [first, last] = value.split("/");
  if (last === undefined) return oneDay(value);
  if (first === "..") return say(words.untilDay, { day: oneDay(last) });
  if (last === "..") return say(words.sinceDay, { day: oneDay(first) });
  return say(words.fromTo, { first: oneDay(first), last: oneDay(last) });
}

// An instant to the minute, in UTC.
export const timeText = (value, words) => (value.length < 16 ? dayText(value, words) : say(words.dayAndTime, { day: oneDay(value), time: value.slice(11, 16) }));

function oneDay(value) {
  const parts = value.slice(0, 10).split("-");
  if (!DAY.test(value) || parts.length === 1) return value;
  const shape = parts.length === 2 ? { year: "numeric", month: "long" } : { dateStyle: "long" };
  return new Date(`${parts.join("-")}T00:00:00Z`.replace(/^(\d{4}-\d{2})T/, "$1-01T")).toLocaleDateString(locale(), { ...shape, timeZone: "UTC" });
}
