// SPDX-License-Identifier: Apache-2.0
// What every page does with scripts: tell that something is loading, say how long ago things were,
// switch light and dark at once, copy ids, keep lists fresh, and make the picture answer.

import { attachPicture } from "./picture.js";

document.documentElement.classList.add("scripts");

/** Say something to who does not see the page. @param {string} words */
export function say(words) {
  const said = document.getElementById("said");
  if (said) said.textContent = words;
}

/** @type {number | undefined} */
let shownSoon;
/** Show that something is under way, unless it is over before anybody would notice. */
export function begin() {
  window.clearTimeout(shownSoon);
  shownSoon = window.setTimeout(() => {
    const bar = document.getElementById("progress");
    if (bar) bar.hidden = false;
  }, 300);
}
export function end() {
  window.clearTimeout(shownSoon);
  const bar = document.getElementById("progress");
  if (bar) bar.hidden = true;
}

const UNITS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
  ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1],
]);
const ago = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });

/** Write each moment as how long ago it is; the moment itself is what pointing at it shows. */
export function tellTimes(root = document) {
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const seconds = (at.getTime() - Date.now()) / 1000;
    const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
    time.title = at.toLocaleString();
    if (time.dataset.clock !== undefined) {
      time.textContent = at.toLocaleTimeString();
      continue;
    }
    time.textContent = Math.abs(seconds) < 2 ? "just now" : ago.format(Math.round(seconds / size), unit);
  }
}

/** Make what was just put into the page as lively as the rest. @param {ParentNode} root */
export function enliven(root) {
  for (const hidden of root.querySelectorAll(".needs-script[hidden]")) hidden.removeAttribute("hidden");
  tellTimes(/** @type {Document} */ (root));
  attachPicture(root);
}

/**
 * Put the newest state of some parts of this page in the place of what is shown.
 * @param {string} selector which parts
 * @returns {Promise<Document | null>} the page as it is now; null where it could not be had
 */
export async function refresh(selector) {
  const own = (document.documentElement.dataset.path ?? location.pathname) + location.search;
  const answer = await fetch(own, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (answer.redirected && new URL(answer.url).pathname === "/login") {
    location.assign(answer.url);
    return null;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll(selector)) {
    const other = fresh.getElementById(old.id);
    if (!other || isInUse(old)) continue;
    const adopted = /** @type {Element} */ (document.adoptNode(other));
    enliven(adopted);
    if (adopted.innerHTML !== old.innerHTML) takePlace(old, adopted);
  }
  return fresh;
}

/** Say whether somebody is filling in or reading what would be replaced. @param {Element} old */
function isInUse(old) {
  const active = document.activeElement;
  const isTyping = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement;
  return (isTyping && old.contains(active)) || old.querySelector("details[open]") !== null;
}

/** Put *adopted* in the place of *old*: scrolled, as large and with the focus where it was.
 * @param {Element} old @param {Element} adopted */
function takePlace(old, adopted) {
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : "";
  const [before, after] = [old, adopted].map((each) => each.querySelector(".canvas"));
  const [top, left] = [before?.scrollTop ?? 0, before?.scrollLeft ?? 0];
  const [was, is] = [before, after].map((each) => /** @type {SVGElement | null} */ (each?.querySelector("svg") ?? null));
  if (was && is) {
    is.style.width = was.style.width;
    is.classList.toggle("sized", was.classList.contains("sized"));
  }
  old.replaceWith(adopted);
  after?.scrollTo(left, top);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function keepFresh() {
  // More often while something is under way, which the server says anew each time.
  const parts = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-every]"));
  const seconds = Math.min(...[...parts].map((part) => Number(part.dataset.every)));
  if (!Number.isFinite(seconds)) return;
  window.setTimeout(async () => {
    try {
      if (!document.hidden) await refresh("[data-fresh]");
    } catch {
      say("The page could not be brought up to date; it is tried again.");
    } finally {
      keepFresh();
    }
  }, seconds * 1000);
}

function switchThemeAtOnce() {
  const form = document.querySelector("form.theme");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (/** @type {SubmitEvent} */ (event).submitter);
    const theme = button.value;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    const age = theme ? 31536000 : 0;
    document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Strict`;
    for (const each of form.querySelectorAll("button")) {
      each.setAttribute("aria-pressed", String(each === button));
    }
  });
}

function tellOfLoading() {
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const target = link?.getAttribute("href") ?? "#";
    if (isPlain && !event.defaultPrevented && !target.startsWith("#")) begin();
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    begin();
    const button = /** @type {HTMLElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
    button?.setAttribute("aria-busy", "true");
  });
  // Coming back by the browser's own way shows the page as it was left.
  window.addEventListener("pageshow", () => {
    end();
    for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  });
}

document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest?.("[data-copy]")
  );
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  say("Copied.");
});

switchThemeAtOnce();
tellOfLoading();
enliven(document);
keepFresh();
window.setInterval(() => tellTimes(), 1000);
