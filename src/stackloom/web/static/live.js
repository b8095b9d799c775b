// SPDX-License-Identifier: Apache-2.0
// A run or plan as it happens: each event changes the thing that it is about, on the picture and in
// the table. The server sends what was missed after a break; nothing is shown twice or in another
// order, because only the number that comes next is taken.

import { refresh, say, tellTimes } from "./page.js";

const live = document.getElementById("live");
const STAGES = { done: "done", failed: "failed", skipped: "skipped", stopped: "skipped" };
const LOOKS = { running: "busy", done: "good", failed: "bad" };
const NAMES = [
  "job_state", "plan_ready", "step_started", "step_in_doubt", "step_accepted", "step_ended",
  "taken_over", "drift", "output", "warning",
];
/** What a run changes as a whole, and the server says better than a script would. */
const PARTS = "[data-swap]";
let last = Number(live?.dataset.after ?? 0);
const glyphs = JSON.parse(live?.dataset.glyphs ?? "{}");

/** @typedef {{seq: number, at: string, type: string, message: string, address?: string,
 *   action?: string, result?: keyof typeof STAGES, cloud_id?: string, state?: string}} RunEvent */

function follow() {
  const path = live?.dataset.events;
  if (!live || !path) return;
  const source = new EventSource(`${path}?after=${last}`);
  for (const name of NAMES) {
    source.addEventListener(name, (message) => take(JSON.parse(message.data)));
  }
  source.addEventListener("end", () => {
    source.close();
    ended();
  });
  source.addEventListener("unauthorized", () => {
    source.close();
    location.reload();
  });
  source.addEventListener("open", () => connection(""));
  source.addEventListener("error", () => {
    connection("The connection is lost; it is tried again.");
    // A browser gives up by itself when it gets no stream but a refusal: too many are watching, or
    // the token has ended, for which the page itself leads to the log-in.
    if (source.readyState !== EventSource.CLOSED) return;
    swap();
    window.setTimeout(follow, 3000);
  });
}

/** @param {RunEvent} event */
function take(event) {
  if (event.seq <= last) return;
  last = event.seq;
  log(event);
  if (event.type === "step_started") stage(event.address, "running");
  if (event.type === "step_in_doubt") stage(event.address, "in doubt");
  if (event.cloud_id) id(event.address, event.cloud_id);
  if (event.type === "step_ended" && event.result && event.action !== "keep") {
    stage(event.address, STAGES[event.result]);
    say(event.message);
    if (event.result === "failed") swapSoon();
  }
  if (["job_state", "plan_ready", "taken_over"].includes(event.type)) {
    say(event.message);
    swapSoon();
  }
  count();
}

/** @param {string | undefined} address @param {string} word */
function stage(address, word) {
  if (!address) return;
  for (const row of rows(address)) {
    row.dataset.stage = word;
    const cell = row.querySelector("[data-stage-cell]");
    if (cell) cell.replaceChildren(state(word));
  }
  for (const part of parts(address)) {
    part.setAttribute("data-stage", word);
    markOn(part, word);
  }
}

/** Put the sign of a stage onto a thing of the picture. @param {Element} part @param {string} word */
function markOn(part, word) {
  const change = part.querySelector(":scope > g:has(> .mark)");
  let mark = part.querySelector(":scope > g.stage-mark");
  const place = change?.getAttribute("transform")?.match(/translate\(([-\d.]+) ([-\d.]+)\)/);
  if (!mark) {
    // What the server has drawn stands beside the sign of the change already.
    const drawn = part.querySelectorAll(":scope > g:has(> .mark)")[1];
    mark = drawn ?? sign(word, "g");
    mark.classList.add("stage-mark");
    if (!drawn) {
      if (!place) return;
      const isSmall = part.classList.contains("chip") || part.classList.contains("leg");
      if (isSmall) return;
      const [x, y] = [Number(place[1]), Number(place[2])];
      const isBar = part.classList.contains("bar");
      mark.setAttribute("transform", `translate(${isBar ? x : x + 18} ${isBar ? y + 18 : y})`);
      part.append(mark);
    }
  }
  mark.querySelector(".mark")?.setAttribute("class", `mark ${look(word)}`);
  mark.querySelector(".glyph")?.setAttribute("d", glyph(word));
}

/** @param {string} word */
function state(word) {
  const told = document.createElement("span");
  told.className = `state ${look(word)}`;
  const picture = sign(word, "svg");
  told.append(picture, word);
  return told;
}

/** @param {string} word @param {string} tag */
function sign(word, tag) {
  const NS = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(NS, tag);
  if (tag === "svg") {
    for (const [name, value] of Object.entries({
      class: "sign", viewBox: "-9 -9 18 18", width: "16", height: "16", "aria-hidden": "true",
    })) made.setAttribute(name, value);
  }
  const circle = document.createElementNS(NS, "circle");
  circle.setAttribute("class", `mark ${look(word)}`);
  circle.setAttribute("r", "8");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("class", "glyph");
  path.setAttribute("d", glyph(word));
  made.append(circle, path);
  return made;
}

/** @param {string} word */
const look = (word) => LOOKS[/** @type {keyof typeof LOOKS} */ (word)] ?? "idle";
/** @param {string} word */
const glyph = (word) => glyphs[word] ?? glyphs.waiting ?? "";

/** @param {string} address */
function rows(address) {
  const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("tr[data-address]"));
  return [...all].filter((row) => row.dataset.address === address);
}

/** @param {string} address */
function parts(address) {
  return [...document.querySelectorAll("svg.topology [data-key]")].filter((part) =>
    (part.getAttribute("data-key") ?? "").split(" ").includes(address),
  );
}

/** @param {string | undefined} address @param {string} cloudId */
function id(address, cloudId) {
  for (const row of address ? rows(address) : []) {
    const cell = row.querySelector("[data-id-cell]");
    if (!cell) continue;
    const code = document.createElement("code");
    code.className = "id";
    code.textContent = cloudId;
    cell.replaceChildren(code);
  }
}

/** @param {RunEvent} event */
function log(event) {
  const list = document.getElementById("log");
  if (!list) return;
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
  const item = document.createElement("li");
  item.value = event.seq;
  const time = document.createElement("time");
  time.dateTime = event.at;
  time.dataset.clock = "";
  item.append(time, ` ${event.message}`);
  list.append(item);
  tellTimes(/** @type {any} */ (item));
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function count() {
  const bar = /** @type {HTMLProgressElement | null} */ (document.getElementById("bar"));
  const words = document.getElementById("bar-words");
  const all = document.querySelectorAll("tr[data-stage]").length;
  if (!bar || !words || !all) return;
  const over = document.querySelectorAll(
    'tr[data-stage="done"], tr[data-stage="failed"], tr[data-stage="skipped"]',
  ).length;
  bar.max = all;
  bar.value = over;
  const failed = document.querySelectorAll('tr[data-stage="failed"]').length;
  words.textContent = `${over} of ${all} steps have ended${failed ? `, ${failed} failed` : ""}`;
}

/** @type {number | undefined} */
let swapping;
/** Ask for the page again, once for whatever happens within a moment. */
function swapSoon() {
  if (live?.dataset.whole) return;
  window.clearTimeout(swapping);
  swapping = window.setTimeout(swap, 200);
}

async function swap() {
  const fresh = await refresh(PARTS).catch(() => null);
  // A picture that was not there before has no place yet.
  const hasNew = fresh?.getElementById("steps") && !document.getElementById("steps");
  if (hasNew || (fresh?.getElementById("picture") && !document.getElementById("picture"))) {
    location.reload();
  }
  count();
}

async function ended() {
  window.clearTimeout(swapping);
  if (live?.dataset.whole) return location.reload();
  await swap();
  connection("");
}

/** @param {string} words */
function connection(words) {
  const place = document.getElementById("connection");
  if (place) place.textContent = words;
}

follow();
