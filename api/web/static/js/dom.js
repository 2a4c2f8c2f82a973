// Elements made without markup: pages on which people sign let no text become any.

// An element with attributes (null and false are left out, true stands by its name) and children; texts are texts.
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(attribute, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(attribute, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

// The value that the page carries as data.
export const data = (id) => JSON.parse(byId(id).textContent);

// A text of the page's words with its places filled in: `say(words.found, {n: 3})`.
export function say(text, values = {}) {
  return text.replace(/\{([a-z_]+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

// Let the reader save bytes or a text under a name.
export function saveFile(name, content, type = "application/octet-stream") {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// Now, as statements write it.
export const now = () => `${new Date().toISOString().slice(0, 19)}Z`;

// What the page says to whoever has no scripts; a script that begins takes it away.
export function scripted() {
  for (const one of document.querySelectorAll("[data-without-script]")) one.remove();
}
