// Forms as api/web/forms.py makes them: each field is an element with `data-member` and `data-shape`, and reads as a
// JSON value, or as undefined where nothing was filled in.

const FIELD = "[data-member]";

// The fields inside an element that stand in no other field inside it.
function fieldsIn(element) {
  return [...element.querySelectorAll(FIELD)].filter((one) => one.parentElement.closest(FIELD) === (element.matches(FIELD) ? element : element.closest(FIELD)));
}

const control = (field) => field.querySelector("input[data-value], select[data-value], textarea[data-value]");
const itemsOf = (field) => [...field.querySelector(":scope > ol").children].map((item) => item.querySelector(FIELD));

const SHAPES = {
  line: {
    read: (field) => control(field).value.trim() || undefined,
    write: (field, value) => void (control(field).value = value === undefined ? "" : String(value)),
  },
  decimal: {
    // Whoever writes a comma means a point; what is no number stays, and is refused by name.
    read: (field) => control(field).value.trim().replace(/^(-?\d+),(\d+)$/, "$1.$2") || undefined,
    write: (field, value) => SHAPES.line.write(field, value),
  },
  number: {
    read: (field) => {
      const text = control(field).value.trim();
      return text === "" ? undefined : /^\d{1,15}$/.test(text) ? Number(text) : text;
    },
    write: (field, value) => SHAPES.line.write(field, value),
  },
  flag: {
    read: (field) => ({ yes: true, no: false })[control(field).value],
    write: (field, value) => void (control(field).value = value === true ? "yes" : value === false ? "no" : ""),
  },
  check: {
    read: (field) => control(field).checked || undefined,
    write: (field, value) => void (control(field).checked = value === true),
  },
  // What no person types: a value that a script keeps in the form, and shows.
  kept: {
    read: (field) => (control(field).value ? JSON.parse(control(field).value) : undefined),
    write: (field, value) => {
      control(field).value = value === undefined ? "" : JSON.stringify(value);
      field.dispatchEvent(new Event("kept"));
    },
  },
  choice: {
    read: (field) => control(field).value || undefined,
    write: (field, value) => choose(control(field), value ?? ""),
  },
  set: {
    read: (field) => {
      const chosen = [...field.querySelectorAll("input[data-value]:checked")].map((one) => one.value);
      return chosen.length > 0 ? chosen : undefined;
    },
    write: (field, value) => {
      for (const one of field.querySelectorAll("input[data-value]")) one.checked = (value ?? []).includes(one.value);
    },
  },
  text: {
    read: (field) => {
      const text = field.querySelector("textarea").value.trim();
      const [lang, from] = [...field.querySelectorAll("select")].map((one) => one.value);
      return text === "" ? undefined : { lang, text, ...(from ? { from } : {}) };
    },
    write: (field, value) => {
      field.querySelector("textarea").value = value?.text ?? "";
      const [lang, from] = field.querySelectorAll("select");
      if (value?.lang) choose(lang, value.lang);
      choose(from, value?.from ?? "");
    },
  },
  object: {
    read: (field) => {
      const members = fieldsIn(field).map((one) => [one.dataset.member, readField(one)]);
      const given = members.filter(([, value]) => value !== undefined);
      return given.length > 0 ? Object.fromEntries(given) : undefined;
    },
    write: (field, value) => {
      for (const one of fieldsIn(field)) writeField(one, value?.[one.dataset.member]);
    },
  },
  list: {
    read: (field) => {
      const values = itemsOf(field).map(readField).filter((value) => value !== undefined);
      return values.length > 0 ? values : undefined;
    },
    write: (field, value) => {
      field.querySelector(":scope > ol").replaceChildren();
      for (const one of value ?? []) writeField(addItem(field), one);
      // A list begins with a place for its first item, unless that would ask for what nobody needs to give.
      if (!value && field.dataset.begins !== "empty") addItem(field);
    },
  },
};

// A select may be given a value that it does not list: a draft made elsewhere, a language that is rare.
function choose(select, value) {
  if (![...select.options].some((one) => one.value === value)) select.add(new Option(value, value));
  select.value = value;
}

const wordOf = (field) => field.querySelector(":scope > .word input[data-word]");

export function readField(field) {
  const word = wordOf(field);
  return word?.checked ? word.value : SHAPES[field.dataset.shape].read(field);
}

export function writeField(field, value) {
  const word = wordOf(field);
  if (word) word.checked = value === word.value;
  SHAPES[field.dataset.shape].write(field, word?.checked ? undefined : value);
}

// The values of a form by member, and the members that are to leave the clear.
export function readForm(form) {
  const values = Object.fromEntries(fieldsIn(form).map((one) => [one.dataset.member, readField(one)]).filter(([, value]) => value !== undefined));
  const leaving = [...form.querySelectorAll("input[data-leave]:checked")].map((one) => one.value);
  return leaving.length > 0 ? { ...values, disclose: leaving } : values;
}

export function writeForm(form, values) {
  for (const one of fieldsIn(form)) writeField(one, values[one.dataset.member]);
  for (const one of form.querySelectorAll("input[data-leave]")) one.checked = (values.disclose ?? []).includes(one.value);
}

let count = 0;

// One more item at the end of a list; ids in it are made its own.
export function addItem(field) {
  const item = field.querySelector(":scope > template").content.firstElementChild.cloneNode(true);
  count += 1;
  for (const one of item.querySelectorAll("*")) {
    for (const name of ["id", "for", "aria-describedby", "aria-labelledby", "name"]) {
      if (one.hasAttribute(name)) one.setAttribute(name, one.getAttribute(name).replaceAll("__n__", `n${count}`));
    }
  }
  field.querySelector(":scope > ol").append(item);
  return item.querySelector(FIELD);
}

// Buttons that add and remove items.
export function armLists(form, changed) {
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-add], button[data-remove]");
    if (!button) return;
    const field = button.closest('[data-shape="list"]');
    if (button.dataset.add !== undefined) {
      focusable(addItem(field)).focus();
    } else {
      button.closest("li").remove();
      field.querySelector(":scope > button[data-add]").focus();
    }
    changed();
  });
}

const focusable = (field) => field.querySelector("input, select, textarea") ?? field;

// The field at a path of members and places in lists, or the one nearest above it; null where there is none.
export function fieldAt(form, path) {
  let found = null;
  for (const step of path) {
    const inside = found?.dataset.shape === "list" ? filledIn(found)[Number(step)] : fieldsIn(found ?? form).find((one) => one.dataset.member === step);
    if (!inside) break;
    found = inside;
  }
  return found;
}

// Items that were left empty are no items of the value.
const filledIn = (list) => itemsOf(list).filter((item) => readField(item) !== undefined);

// What takes the focus for a field: its control, or a group's first one.
export const focusOf = (field) => (field.matches("fieldset") ? field : focusable(field));
