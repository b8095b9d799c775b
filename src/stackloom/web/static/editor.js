// SPDX-License-Identifier: Apache-2.0
// The editor: 400 ms after the last key the service is asked what is wrong with the text, and for its
// picture; what a button of the form would show is what it shows. An answer to an older text is thrown away.

import { enliven, say } from "./page.js";

const PAUSE = 400;
const form = /** @type {HTMLFormElement} */ (document.getElementById("editor"));
const text = /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
const gutter = /** @type {HTMLElement} */ (document.getElementById("gutter"));
const marks = /** @type {HTMLElement} */ (document.getElementById("marks"));
const problems = /** @type {HTMLElement} */ (document.getElementById("problems"));
const drawing = /** @type {HTMLElement} */ (document.getElementById("drawing"));
const stale = /** @type {HTMLElement} */ (document.getElementById("stale"));
const MAIN = "scenario.yaml";

/** @type {AbortController | undefined} */
let asking;
/** @type {number | undefined} */
let soon;
let isChanged = false;

/** @param {Set<number>} wrong lines, from 1 */
function paint(wrong) {
  const lines = text.value.split("\n");
  const numbers = lines.map((_, index) => line(String(index + 1), wrong.has(index + 1)));
  const behind = lines.map((words, index) => line(words, wrong.has(index + 1)));
  gutter.replaceChildren(...numbers);
  marks.replaceChildren(...behind);
  text.setAttribute("aria-invalid", String(wrong.size > 0));
  follow();
}

/** @param {string} words @param {boolean} isWrong */
function line(words, isWrong) {
  const span = document.createElement("span");
  if (isWrong) span.className = "wrong";
  span.textContent = `${words}\n`;
  return span;
}

function follow() {
  gutter.scrollTop = text.scrollTop;
  marks.scrollTop = text.scrollTop;
  marks.scrollLeft = text.scrollLeft;
}

function marked() {
  const items = /** @type {NodeListOf<HTMLElement>} */ (problems.querySelectorAll("li[data-line]"));
  const here = [...items].filter((item) => item.dataset.file === MAIN);
  return new Set(here.map((item) => Number(item.dataset.line)));
}

/** Ask for everything that the page would show for this text, and take it over. */
async function look() {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  problems.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  body.set("action", "look");
  try {
    const answer = await fetch(form.getAttribute("action") ?? "", { method: "POST", body, signal });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    take(fresh, "problems", problems);
    const hasPicture = fresh.querySelector("#drawing svg") !== null;
    // While something is wrong the last picture that was right stays.
    if (hasPicture || !drawing.querySelector("svg")) take(fresh, "drawing", drawing);
    stale.hidden = hasPicture || drawing.querySelector("svg") === null;
    paint(marked());
    const number = marked().size;
    say(number ? `${problems.querySelector("h2")?.textContent ?? "problems"}` : "No problem.");
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") return;
    problems.textContent = "The text could not be checked: the service does not answer. It is tried again with the next key.";
  } finally {
    if (!signal.aborted) problems.removeAttribute("aria-busy");
  }
}

/** @param {Document} fresh @param {string} id @param {HTMLElement} place */
function take(fresh, id, place) {
  const other = fresh.getElementById(id);
  if (!other) return;
  place.replaceChildren(...[...other.childNodes].map((node) => document.adoptNode(node)));
  enliven(place);
}

/** @param {number} number from 1 */
function goTo(number) {
  const before = text.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
  const end = text.value.indexOf("\n", before);
  text.focus();
  text.setSelectionRange(before, end < 0 ? text.value.length : end);
  text.scrollTop = Math.max(0, (number - 6) * 20);
}

form.addEventListener("input", () => {
  isChanged = true;
  paint(marked());
  window.clearTimeout(soon);
  soon = window.setTimeout(look, PAUSE);
});
text.addEventListener("scroll", follow);
text.addEventListener("keydown", (event) => {
  // Tab leaves the field, as everywhere; what YAML needs is that a new line begins where the last did.
  if (event.key !== "Enter" || event.isComposing) return;
  const begin = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const indent = text.value.slice(begin, text.selectionStart).match(/^ */)?.[0] ?? "";
  if (!indent) return;
  event.preventDefault();
  // The one way to insert that can be undone; it tells of the input by itself.
  document.execCommand("insertText", false, `\n${indent}`);
});
problems.addEventListener("click", (event) => {
  const item = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest("li[data-line]")
  );
  if (!item || item.dataset.file !== MAIN || !Number(item.dataset.line)) return;
  event.preventDefault();
  goTo(Number(item.dataset.line));
});
form.addEventListener("submit", () => {
  isChanged = false;
});
window.addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});
paint(marked());
