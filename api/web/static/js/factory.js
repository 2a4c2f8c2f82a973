// The factory page: which of its statements were known by a day. Without this script the same is asked of the server.

const words = JSON.parse(document.querySelector("#factory-words").textContent);
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const form = document.querySelector("#known-form");
const field = document.querySelector("#known-day");
const slider = document.querySelector("#known-slider");
const told = document.querySelector("#known-told");
const addresses = document.querySelectorAll(".cited"); // on the screen and for paper
const DAY = 86_400_000;
const first = Date.parse(form.dataset.first);
const last = Date.parse(form.dataset.last);
const strict = "strict" in form.dataset; // what was learned later is not on the page: the server leaves it out
const SETTLED = 250; // milliseconds without a move until the address follows

const dayOf = (number) => new Date(first + number * DAY).toISOString().slice(0, 10);
const numberOf = (day) => Math.round((Date.parse(day) - first) / DAY);
const inWords = (day) => new Date(day).toLocaleDateString(language === "en" ? "en-GB" : language, { dateStyle: "long", timeZone: "UTC" });
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

let known = strict ? "" : field.value; // "" for all that is known
let marked = []; // what stands on the page with the day it was recorded
let settling = 0;

// Everything that can be grey, with the place for the words that say so. What stands in it may have been learned later
// still, and has a place of its own.
function gather() {
  const places = new Map([...document.querySelectorAll(".later-words")].map((place) => [place.closest("[data-recorded]"), place]));
  marked = [...document.querySelectorAll("[data-recorded]")].map((element) => ({
    element,
    day: element.dataset.recorded,
    place: places.get(element),
  }));
}

function laterWords(day) {
  const days = Math.round((Date.parse(day) - Date.parse(known)) / DAY);
  const form = words.later[plural.select(days) === "one" ? 0 : 1];
  return fill(form, { n: days.toLocaleString(language) });
}

// Grey what was recorded behind the day, and say how many days later it was learned.
function paint() {
  for (const { element, day, place } of marked) {
    const isLater = known !== "" && day > known;
    element.classList.toggle("later", isLater);
    if (place) place.textContent = isLater ? ` ${laterWords(day)}` : "";
  }
  drawLine();
}

// The day in the drawing, by the points between which time runs evenly.
function drawLine() {
  const line = document.querySelector("#known-line");
  if (!line) return;
  line.setAttribute("visibility", known ? "visible" : "hidden");
  if (!known) return;
  const scale = JSON.parse(line.dataset.scale);
  const before = scale.findLast(([day]) => day <= known) ?? scale[0];
  const after = scale.find(([day]) => day >= known) ?? scale.at(-1);
  const whole = Date.parse(after[0]) - Date.parse(before[0]);
  const part = whole > 0 ? (Date.parse(known) - Date.parse(before[0])) / whole : 0;
  const x = before[1] + (after[1] - before[1]) * Math.max(part, 0);
  line.setAttribute("d", line.getAttribute("d").replace(/^M[\d.]+/, `M${x.toFixed(1)}`));
}

// An address that names the day and the entries that the page was made of.
function carrying(href) {
  const url = new URL(href, location.href);
  for (const name of ["known", "as_of"]) url.searchParams.delete(name);
  for (const [name, value] of [...url.searchParams]) if (value === "" || name === "at_least") url.searchParams.delete(name);
  if (known) url.searchParams.append("known", known);
  url.searchParams.append("as_of", words.size);
  return url;
}

// The page's own address, its links and its other form follow the day.
function settle() {
  const own = carrying(location.href);
  history.replaceState(history.state, "", own);
  own.hash = "";
  for (const address of addresses) address.textContent = own.href;
  for (const link of document.querySelectorAll("a[data-keep]")) link.href = carrying(link.href);
  for (const [name, value] of [["as_of", words.size], ["known", known]]) keep(document.querySelector("#filters"), name, value);
  const strictly = carrying(location.href);
  strictly.searchParams.set("as_of", known || form.dataset.last);
  strictly.searchParams.delete("known");
  strictly.hash = "known";
  document.querySelector("#strictly a").href = strictly;
  tell();
}

function keep(form, name, value) {
  const found = form.querySelector(`input[name="${name}"]`) ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  found.value = value;
}

function tell() {
  const lines = document.querySelectorAll("ol.timeline > li[id]");
  const count = [...lines].filter((line) => !line.classList.contains("later")).length;
  const values = { day: known && inWords(known), n: count.toLocaleString(language), all: lines.length.toLocaleString(language) };
  told.textContent = known ? fill(words.told, values) : words.all;
}

function choose(day) {
  known = day;
  field.value = day;
  slider.value = day ? numberOf(day) : slider.max;
  slider.setAttribute("aria-valuetext", day ? inWords(day) : words.all);
  requestAnimationFrame(paint);
  clearTimeout(settling);
  settling = setTimeout(settle, SETTLED);
}

// The next day with entries before (-1) or behind (1) the one chosen; all that is known at 0 and behind the last one.
function step(direction) {
  if (direction < 0) return words.days.findLast((day) => !known || day < known) ?? words.days[0];
  return direction > 0 && known ? words.days.find((day) => day > known) ?? "" : "";
}

function stepping() {
  const stops = form.querySelector(".stops");
  for (const link of stops.querySelectorAll("a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(step(Number(link.dataset.step)));
    });
  }
}

if (!strict) {
  slider.max = Math.max(numberOf(form.dataset.last), 1);
  slider.value = known ? numberOf(known) : slider.max;
  slider.closest("p").hidden = false;
  slider.addEventListener("input", () => choose(dayOf(Number(slider.value))));
  field.addEventListener("change", () => { if (field.value === "" || field.validity.valid) choose(field.value); });
  form.addEventListener("submit", (event) => {
    if (field.value !== "" && !field.validity.valid) return;
    event.preventDefault();
    choose(field.value);
  });
  stepping();
}

// Chosen lines of the timeline come without a new page; those that were taken out are on the page no more.
document.addEventListener("htmx:after:swap", () => {
  gather();
  if (!strict) {
    paint();
    settle();
  }
  document.querySelector("#timeline-title").focus({ preventScroll: true });
});

// A link to the citation opens it.
for (const link of document.querySelectorAll("a[data-opens]")) {
  link.addEventListener("click", () => { document.querySelector(link.hash).open = true; });
}
if (location.hash === "#cite") document.querySelector("#cite").open = true;

const copy = document.querySelector("#cite-copy");
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(addresses[0].textContent);
  copy.textContent = words.copied;
});

gather();
